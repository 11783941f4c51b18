import type pg from 'pg';
import type { Lease } from '../../port.ts';

/**
 * Takes a free, an expired or the own lease; in any case gives whose it is then. All in the database's clock, whose
 * `clock_timestamp()` goes on within a transaction.
 */
const takeText = `
UPDATE head
   SET lease_holder = $1::text, lease_until = clock_timestamp() + $2::bigint * interval '1 millisecond'
 WHERE lease_holder IS NULL OR lease_holder = $1::text OR lease_until <= clock_timestamp()
RETURNING lease_holder, extract(epoch FROM lease_until - clock_timestamp()) * 1000 AS remaining_ms`;

const lookText = `
SELECT lease_holder, extract(epoch FROM lease_until - clock_timestamp()) * 1000 AS remaining_ms
  FROM head
 WHERE lease_holder IS NOT NULL`;

interface Row {
  readonly lease_holder: string;
  /** numeric, which pg gives as text. */
  readonly remaining_ms: string;
}

export const acquireLease = async (
  pool: pg.Pool,
  holder: string,
  ttlMs: number,
): Promise<{ readonly acquired: boolean; readonly lease: Lease }> => {
  const taken = await pool.query<Row>(takeText, [holder, ttlMs]);
  const own = taken.rows[0];
  if (own !== undefined) return { acquired: true, lease: leaseOf(own) };
  const looked = await pool.query<Row>(lookText);
  const other = looked.rows[0];
  // Released between the two statements: free again, and the caller's next attempt finds it so.
  return { acquired: false, lease: other === undefined ? { holder: '', remainingMs: 0 } : leaseOf(other) };
};

const leaseOf = (row: Row): Lease => ({
  holder: row.lease_holder,
  remainingMs: Math.max(0, Math.floor(Number(row.remaining_ms))),
});
