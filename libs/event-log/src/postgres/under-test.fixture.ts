import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { LogUnderTest } from '../contract/index.fixture.ts';
import { openPostgresLog, type PostgresLog } from './index.ts';

/** Rows of one statement on the side, as a stranger runs it. */
export const queryRows = async (
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text, values);
    return rows;
  } finally {
    await client.end();
  }
};

export const freshSchema = (): string => `log_${randomBytes(6).toString('hex')}`;

/** A log in a schema of its own. */
export const postgresUnderTest = async (
  url: string,
): Promise<LogUnderTest & { readonly log: PostgresLog; readonly schema: string }> => {
  const schema = freshSchema();
  const opened: PostgresLog[] = [];
  const open = async (migrate: boolean): Promise<PostgresLog> => {
    const log = await openPostgresLog({
      connection: url,
      context: 'service',
      schema,
      migrate,
      onWarning: () => undefined,
    });
    opened.push(log);
    return log;
  };
  const log = await open(true);
  return {
    log,
    schema,
    another: () => open(false),
    lose: async (position) => {
      await queryRows(url, `DELETE FROM ${schema}.event WHERE position = $1`, [position]);
    },
    leafAt: async (position) => {
      const [row] = await queryRows(url, `SELECT leaf FROM ${schema}.event WHERE position = $1`, [position]);
      return row?.['leaf'] instanceof Uint8Array ? row['leaf'] : new Uint8Array();
    },
    stop: async () => {
      await Promise.all(opened.map((each) => each.close()));
    },
  };
};
