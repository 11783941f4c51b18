import type pg from 'pg';
import type { CommandRow } from '../../port.ts';
import { textArray } from '../binary-array.ts';

const text = `
SELECT id, fingerprint, first_position, last_position, answer, at_ms
  FROM command
 WHERE id = ANY ($1::text[])`;

interface Row {
  readonly id: string;
  readonly fingerprint: string;
  readonly first_position: string | null;
  readonly last_position: string | null;
  readonly answer: string;
  readonly at_ms: string;
}

/** Those of the ids that have a row. */
export const findCommands = async (pool: pg.Pool, ids: readonly string[]): Promise<ReadonlyMap<string, CommandRow>> => {
  const { rows } = await pool.query<Row>({ name: 'find-commands', text, values: [textArray(ids)] });
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        fingerprint: row.fingerprint,
        first: row.first_position === null ? null : Number(row.first_position),
        last: row.last_position === null ? null : Number(row.last_position),
        answer: row.answer,
        atMs: Number(row.at_ms),
      },
    ]),
  );
};
