import type pg from 'pg';

const text = `UPDATE head SET lease_holder = NULL, lease_until = NULL WHERE lease_holder = $1::text`;

/** Nothing happens where another holds it. */
export const releaseLease = async (pool: pg.Pool, holder: string): Promise<void> => {
  await pool.query(text, [holder]);
};
