import type { Command, ContextDomain, HlcTimestamp, Json, NewEvent, TableRows } from '@yiqiu/kernel';
import { Memory } from '../memory/index.ts';

/** Characters after which a chunk is closed; its last row may pass it. */
const chunkLength = 256 * 1024;

type Row = readonly [key: string, row: Json];

/** One chunk of a snapshot: rows of one table, revisions of streams, or (the last one) what else the writer needs. */
type Chunk =
  | { readonly kind: 'rows'; readonly table: string; readonly rows: readonly Row[] }
  | { readonly kind: 'revisions'; readonly rows: readonly (readonly [stream: string, revision: number])[] }
  | { readonly kind: 'end'; readonly hlc: HlcTimestamp; readonly timeMs: number; readonly tables: readonly string[] };

/** Memory as the text of a snapshot, piece by piece. Memory must stand still from the first piece to the last. */
export function* writeChunks<S, C extends Command, E extends NewEvent>(
  domain: ContextDomain<S, C, E>,
  memory: Memory<S>,
): Generator<string, void, undefined> {
  const tables = domain.tables(memory.state);
  for (const [table, rows] of Object.entries(tables)) {
    yield* grouped(rows, (group) => `{"kind":"rows","table":${JSON.stringify(table)},"rows":[${group}]}`);
  }
  yield* grouped(memory.revisions, (group) => `{"kind":"revisions","rows":[${group}]}`);
  const end: Chunk = { kind: 'end', hlc: memory.hlc, timeMs: memory.timeMs, tables: Object.keys(tables) };
  yield JSON.stringify(end);
}

function* grouped(rows: Iterable<unknown>, chunk: (group: string) => string): Generator<string, void, undefined> {
  let group = '';
  for (const row of rows) {
    group += group === '' ? JSON.stringify(row) : `,${JSON.stringify(row)}`;
    if (group.length < chunkLength) continue;
    yield chunk(group);
    group = '';
  }
  if (group !== '') yield chunk(group);
}

/** The inverse of {@link writeChunks}. Throws where the snapshot is not whole. */
export const readChunks = async <S, C extends Command, E extends NewEvent>(
  domain: ContextDomain<S, C, E>,
  position: number,
  chunks: AsyncIterable<string>,
): Promise<Memory<S>> => {
  const rows = new Map<string, Row[]>();
  const revisions = new Map<string, number>();
  let end: Extract<Chunk, { kind: 'end' }> | null = null;
  for await (const text of chunks) {
    // Written by writeChunks; the store checks that what it gives back is what it got.
    const chunk: Chunk = JSON.parse(text);
    switch (chunk.kind) {
      case 'rows':
        append(rows, chunk.table, chunk.rows);
        break;
      case 'revisions':
        for (const [stream, revision] of chunk.rows) revisions.set(stream, revision);
        break;
      case 'end':
        end = chunk;
        break;
    }
  }
  if (end === null) throw new Error(`the snapshot at ${position} has no end`);
  const tables: TableRows = Object.fromEntries(end.tables.map((table) => [table, rows.get(table) ?? []]));
  const memory = new Memory(domain.restore(tables), revisions);
  memory.position = position;
  memory.hlc = end.hlc;
  memory.timeMs = end.timeMs;
  return memory;
};

const append = (tables: Map<string, Row[]>, table: string, rows: readonly Row[]): void => {
  const known = tables.get(table);
  if (known === undefined) tables.set(table, [...rows]);
  else for (const row of rows) known.push(row);
};
