import { PostgresLog } from './log.ts';
import { migrateLog } from './migrate.ts';
import { resolveOptions, type PostgresLogOptions } from './options.ts';
import { openPool } from './pool.ts';
import { assertDurable } from './sql/durability.ts';
import { readHead } from './sql/head.ts';

/**
 * Opens the log of a context, migrated first unless told otherwise. Throws where the server cannot be reached, does not
 * commit durably, or the schema holds another context's log.
 */
export const openPostgresLog = async (options: PostgresLogOptions): Promise<PostgresLog> => {
  const resolved = resolveOptions(options);
  if (options.migrate !== false) await migrateLog(resolved);
  const pool = openPool(resolved, 1);
  try {
    await assertDurable(pool);
    const { context } = await readHead(pool);
    if (context !== options.context)
      throw new Error(`schema ${resolved.schema} holds the log of ${context}, not of ${options.context}`);
  } finally {
    await pool.end();
  }
  return new PostgresLog(resolved);
};
