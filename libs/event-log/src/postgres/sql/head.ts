import type pg from 'pg';
import { contextNames, type ContextName } from '@yiqiu/kernel';
import type { Cursors, Head } from '../../port.ts';

export const headColumns = 'context, lineage, position, epoch, cursors, closed_l, closed_c';

const text = `SELECT ${headColumns} FROM head`;

export interface HeadRow {
  readonly context: string;
  readonly lineage: string;
  /** bigint, which pg gives as text. */
  readonly position: string;
  readonly epoch: string;
  readonly cursors: unknown;
  readonly closed_l: string;
  readonly closed_c: string;
}

export const readHead = async (pool: pg.Pool): Promise<Head> => {
  const { rows } = await pool.query<HeadRow>(text);
  return headOf(rows);
};

/** Throws where the table does not hold the one row that the migration put in. */
export const headOf = (rows: readonly HeadRow[]): Head => {
  const [row] = rows;
  if (row === undefined || rows.length !== 1) throw new Error(`the log has ${rows.length} head rows, it must have one`);
  return {
    context: contextOf(row.context),
    lineage: row.lineage,
    position: Number(row.position),
    epoch: Number(row.epoch),
    cursors: cursorsOf(row.cursors),
    closed: { l: Number(row.closed_l), c: Number(row.closed_c) },
  };
};

const contextOf = (name: string): ContextName => {
  const context = contextNames.find((candidate) => candidate === name);
  if (context === undefined)
    throw new Error(`the head row is of context ${JSON.stringify(name)}, which is none of ${contextNames.join(', ')}`);
  return context;
};

const cursorsOf = (value: unknown): Cursors => {
  const cursors: { [context in ContextName]?: { readonly position: number; readonly lineage: string } } = {};
  for (const [name, cursor] of Object.entries(isRecord(value) ? value : {})) {
    if (!isRecord(cursor) || typeof cursor['position'] !== 'number' || typeof cursor['lineage'] !== 'string') {
      throw new Error(`the head row's cursor ${name} is ${JSON.stringify(cursor)}`);
    }
    cursors[contextOf(name)] = { position: cursor['position'], lineage: cursor['lineage'] };
  }
  return cursors;
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
