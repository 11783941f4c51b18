import type pg from 'pg';
import type { Batch } from '../../port.ts';
import { byteaArray, int8Array, textArray } from '../binary-array.ts';

/**
 * The whole batch in one statement and so in one transaction and one round trip. Where the head row is not at the
 * expected position under the writer's epoch, `moved` is empty and so is everything joined to it. A concurrent move of
 * the head is waited for, then the condition is looked at again (READ COMMITTED).
 */
const text = `
WITH moved AS (
  UPDATE head
     SET position = $2::bigint, cursors = cursors || $4::jsonb, closed_l = $5::bigint, closed_c = $6::bigint
   WHERE position = $1::bigint AND epoch = $3::bigint
  RETURNING position
), stored AS (
  INSERT INTO event (position, stream, revision, type, time_ms, body, leaf)
  SELECT e.position, e.stream, e.revision, e.type, e.time_ms, e.body, e.leaf
    FROM moved,
         unnest($7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::bigint[], $12::text[], $13::bytea[])
           AS e (position, stream, revision, type, time_ms, body, leaf)
), answered AS (
  INSERT INTO command (id, fingerprint, first_position, last_position, answer, at_ms)
  SELECT c.id, c.fingerprint, nullif(c.first_position, 0), nullif(c.last_position, 0), c.answer, c.at_ms
    FROM moved,
         unnest($14::text[], $15::text[], $16::bigint[], $17::bigint[], $18::text[], $19::bigint[])
           AS c (id, fingerprint, first_position, last_position, answer, at_ms)
)
SELECT position FROM moved`;

/** Gives whether the head moved, which is whether the batch is stored. */
export const append = async (
  client: pg.ClientBase,
  expectedPosition: number,
  epoch: number,
  { events, commands, cursors, closed }: Batch,
): Promise<boolean> => {
  const { rowCount } = await client.query({
    name: 'append',
    text,
    values: [
      expectedPosition,
      expectedPosition + events.length,
      epoch,
      JSON.stringify(cursors),
      closed.l,
      closed.c,
      int8Array(events.map((event) => event.position)),
      textArray(events.map((event) => event.stream)),
      int8Array(events.map((event) => event.revision)),
      textArray(events.map((event) => event.type)),
      int8Array(events.map((event) => event.timeMs)),
      textArray(events.map((event) => event.body)),
      byteaArray(events.map((event) => event.leaf)),
      textArray(commands.map((command) => command.id)),
      textArray(commands.map((command) => command.fingerprint)),
      int8Array(commands.map((command) => command.first ?? 0)),
      int8Array(commands.map((command) => command.last ?? 0)),
      textArray(commands.map((command) => command.answer)),
      int8Array(commands.map((command) => command.atMs)),
    ],
  });
  return rowCount === 1;
};
