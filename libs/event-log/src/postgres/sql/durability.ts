import type pg from 'pg';

const text = `SELECT current_setting('synchronous_commit') AS synchronous_commit`;

/** Throws where the server may answer a COMMIT before it is durable: an answered command would be lost in a crash. */
export const assertDurable = async (pool: pg.Pool): Promise<void> => {
  const { rows } = await pool.query<{ readonly synchronous_commit: string }>(text);
  const setting = rows[0]?.synchronous_commit;
  if (setting === 'off') {
    throw new Error(
      `synchronous_commit is off for this role and database; the event log needs on, remote_apply or remote_write`,
    );
  }
};
