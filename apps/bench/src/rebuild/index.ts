import { rebuildHash } from '@yiqiu/context-runtime';
import { encodeForLog, openPostgresLog, type EventLog } from '@yiqiu/event-log';
import { hlcZero } from '@yiqiu/kernel';
import pg from 'pg';
import type { Bench } from '../bench.ts';
import { countersDomain } from '../commands/counters.ts';
import { envelopes } from '../envelopes.ts';
import { figureOf } from '../report/figure.ts';

const fillEvents = 5_000;
/** As the log's own reader does. */
const pageRows = 5_000;

/**
 * State folded from the first event on, without a snapshot, against nothing but reading the same columns and JSON.parse. The
 * own side asserts the order, folds, and hashes the state at the end.
 */
export const rebuildBench: Bench = async ({ postgres, effort, say }) => {
  const url = await postgres.createDatabase();
  const log = await openPostgresLog({ connection: url, context: 'service' });
  const count = effort.rebuildEvents;
  try {
    await fill(log, count);
    say(`rebuild: ${count} events are there`);
    const own: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < effort.rounds; round++) {
      const sides = [
        async () => own.push(await perSecond(count, () => rebuildHash(log, countersDomain()))),
        async () => raw.push(await perSecond(count, () => readAndParse(url))),
      ];
      for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
      say(`rebuild, round ${round + 1}: ${Math.round(own.at(-1) ?? 0)} against ${Math.round(raw.at(-1) ?? 0)}`);
    }
    return [
      figureOf({
        ...{ bench: 'rebuild', name: `${count.toLocaleString('en-US')} events`, unit: 'events/s', own },
        ...{ against: { name: 'read and JSON.parse', rounds: raw }, target: { atLeast: 0.7 } },
      }),
    ];
  } finally {
    await log.close();
  }
};

const fill = async (log: EventLog, count: number): Promise<void> => {
  const { epoch } = await log.takeOver();
  for (let position = 0; position < count; position += fillEvents) {
    const events = envelopes(position, Math.min(fillEvents, count - position)).map(encodeForLog);
    await log.append(position, epoch, { events, commands: [], cursors: {}, closed: hlcZero });
  }
};

const perSecond = async (count: number, rebuild: () => Promise<{ readonly position: number }>): Promise<number> => {
  const beginMs = performance.now();
  const { position } = await rebuild();
  if (position !== count) throw new Error(`${position} events of ${count} were read`);
  return (count * 1_000) / (performance.now() - beginMs);
};

const pageText = `SELECT position, body FROM service.event WHERE position > $1 ORDER BY position LIMIT ${pageRows}`;

/** The next page is under way while this one is parsed. */
const readAndParse = async (url: string): Promise<{ readonly position: number }> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const page = (after: number) =>
    client.query<[string, string]>({ name: 'page', text: pageText, values: [after], rowMode: 'array' });
  try {
    let position = 0;
    let pending = page(position);
    for (;;) {
      const { rows } = await pending;
      const last = rows.at(-1);
      if (last === undefined) return { position };
      pending = page(Number(last[0]));
      await new Promise((resolve) => setImmediate(resolve));
      for (const [at, body] of rows) {
        const event: { readonly position: number } = JSON.parse(body);
        if (event.position !== Number(at)) throw new Error(`position ${at} holds event ${event.position}`);
        position = event.position;
      }
    }
  } finally {
    await client.end();
  }
};
