import { byteaArray, encodeForLog, int8Array, leafOf, openPostgresLog, textArray, type Batch } from '@yiqiu/event-log';
import { encodeEvent, hlcZero, type EventEnvelope } from '@yiqiu/kernel';
import pg from 'pg';
import type { Bench, BenchInput } from '../bench.ts';
import { envelopes } from '../envelopes.ts';
import { figureOf } from '../report/figure.ts';

const batchEvents = 1_000;

/**
 * A batch of events into the log, against the shortest way into a table of the same columns and indexes: one INSERT of the
 * same encoded events. Encoding is counted on both sides. What the log does more: bounds and order are checked, the head row
 * moves under its condition, listeners are told.
 */
export const appendBench: Bench = async (input) => {
  const own: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < input.effort.rounds; round++) {
    const url = await input.postgres.createDatabase();
    const sides = [
      async () => own.push(await ownPerSecond(input, url)),
      async () => raw.push(await rawPerSecond(input, url)),
    ];
    for (const side of round % 2 === 0 ? sides : sides.reverse()) await side();
    input.say(`append, round ${round + 1}: ${Math.round(own.at(-1) ?? 0)} against ${Math.round(raw.at(-1) ?? 0)}`);
  }
  return [
    figureOf({
      ...{ bench: 'append', name: `batches of ${batchEvents}`, unit: 'events/s', own },
      ...{ against: { name: 'raw unnest insert', rounds: raw }, target: { atLeast: 0.8 } },
    }),
  ];
};

const ownPerSecond = async (input: BenchInput, url: string): Promise<number> => {
  const log = await openPostgresLog({ connection: url, context: 'service' });
  try {
    const { epoch } = await log.takeOver();
    return await eventsPerSecond(input, async (events, position) => {
      const batch: Batch = { events: events.map(encodeForLog), commands: [], cursors: {}, closed: hlcZero };
      const result = await log.append(position, epoch, batch);
      if (result.outcome !== 'appended') throw new Error(`append gave ${result.outcome}`);
    });
  } finally {
    await log.close();
  }
};

const insertText = `
INSERT INTO raw.event (position, stream, revision, type, time_ms, body, leaf)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bytea[])`;

const rawPerSecond = async (input: BenchInput, url: string): Promise<number> => {
  await (await openPostgresLog({ connection: url, context: 'service' })).close();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE SCHEMA raw');
    await client.query('CREATE TABLE raw.event (LIKE service.event INCLUDING ALL)');
    return await eventsPerSecond(input, async (events) => {
      const bodies = events.map(encodeEvent);
      await client.query({
        name: 'raw',
        text: insertText,
        values: [
          int8Array(events.map(({ position }) => position)),
          textArray(events.map(({ stream }) => stream)),
          int8Array(events.map(({ revision }) => revision)),
          textArray(events.map(({ type }) => type)),
          int8Array(events.map(({ time }) => Date.parse(time))),
          textArray(bodies),
          byteaArray(bodies.map(leafOf)),
        ],
      });
    });
  } finally {
    await client.end();
  }
};

/** After a few batches that do not count. */
const eventsPerSecond = async (
  { effort }: BenchInput,
  store: (events: readonly EventEnvelope[], position: number) => Promise<void>,
): Promise<number> => {
  const warm = batchEvents * 5;
  const batches = Array.from({ length: (warm + effort.appendEvents) / batchEvents }, (_, n) =>
    envelopes(n * batchEvents, batchEvents),
  );
  let position = 0;
  let beginMs = 0;
  for (const events of batches) {
    if (position === warm) beginMs = performance.now();
    await store(events, position);
    position += events.length;
  }
  return (effort.appendEvents * 1_000) / (performance.now() - beginMs);
};
