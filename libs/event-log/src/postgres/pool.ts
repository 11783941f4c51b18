import pg from 'pg';
import type { ResolvedOptions } from './options.ts';

/** A pool whose lost connections are told of and replaced; pg would end the process over one that nobody listens to. */
export const openPool = ({ pool: config, warn }: ResolvedOptions, max: number): pg.Pool => {
  const pool = new pg.Pool({ ...config, max });
  // Idle ones report on the pool, those in use on themselves; whoever uses one gets the failure as its query's too.
  pool.on('error', (error) => warn('an idle connection was lost', error));
  pool.on('connect', (client) => client.on('error', (error) => warn('a connection was lost', error)));
  return pool;
};
