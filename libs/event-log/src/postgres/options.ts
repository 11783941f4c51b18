import type { ContextName } from '@yiqiu/kernel';
import type pg from 'pg';
import { checkSchemaName } from './schema-name.ts';

export interface PostgresLogOptions {
  /** A URL, or what `pg` takes. The role must own the schema. */
  readonly connection: string | pg.PoolConfig;
  readonly context: ContextName;
  /** Default: the context's name. */
  readonly schema?: string;
  /** Connections for reading, beside one for appending and one for LISTEN. Default 4. */
  readonly readersMax?: number;
  /** A statement without an answer after this time counts as lost. Default 30,000 ms. */
  readonly queryTimeoutMs?: number;
  /** Runs the migrations first. Default true. */
  readonly migrate?: boolean;
  /** Told of what is retried: a lost LISTEN connection, a subscription that waits for the server. Default: process.emitWarning. */
  readonly onWarning?: (message: string, error: unknown) => void;
}

export interface ResolvedOptions {
  readonly context: ContextName;
  readonly schema: string;
  readonly pool: pg.PoolConfig;
  readonly readersMax: number;
  readonly warn: (message: string, error: unknown) => void;
}

const queryTimeoutMsDefault = 30_000;
const connectionTimeoutMs = 10_000;

export const resolveOptions = (options: PostgresLogOptions): ResolvedOptions => {
  const { connection, context, schema = context, readersMax = 4, onWarning } = options;
  const given: pg.PoolConfig = typeof connection === 'string' ? { connectionString: connection } : connection;
  return {
    context,
    schema: checkSchemaName(schema),
    readersMax,
    pool: {
      application_name: `yiqiu-${context}-log`,
      keepAlive: true,
      connectionTimeoutMillis: connectionTimeoutMs,
      query_timeout: options.queryTimeoutMs ?? queryTimeoutMsDefault,
      ...given,
      // The statements name no schema: each log's tables are found through its own search path.
      options: [given.options, `-c search_path=${schema}`].filter((part) => part !== undefined).join(' '),
    },
    warn: onWarning ?? ((message, error) => process.emitWarning(`log ${context}: ${message}: ${String(error)}`)),
  };
};
