import { isExpectedVersionConflictError, type Event } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { errorCode } from '@yiqiu/processes';
import pg from 'pg';
import { streamsCount, type Contestant } from './contestant.ts';

type Added = Event<'Added', { readonly counter: string; readonly by: number }>;

/**
 * emmett-postgresql at its quickest: `appendToStream` alone, without reading the stream before, as a command handler of it
 * would. Where two clients meet on one stream it refuses one of them, which tries again.
 */
export const openPeer = async (databaseUrl: string): Promise<Contestant> => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: poolMax });
  const store = getPostgreSQLEventStore(databaseUrl, { connectionOptions: { pooled: true, pool } });
  await store.schema.migrate();
  return {
    send: async (client) => {
      const counter = `c${client % streamsCount}`;
      for (;;) {
        try {
          await store.appendToStream<Added>(`counter-${counter}`, [{ type: 'Added', data: { counter, by: 1 } }]);
          return;
        } catch (error) {
          if (!isRefused(error)) throw error;
        }
      }
    },
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
};

/** pg's default. With 20 and 40 it was not quicker, and two clients then meet on one stream. */
const poolMax = 10;
const uniqueViolation = '23505';

/** The stream went on meanwhile, or another client has just made it. */
const isRefused = (error: unknown): boolean =>
  isExpectedVersionConflictError(error) || errorCode(error) === uniqueViolation;
