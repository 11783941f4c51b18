import { connect, jwtAuthenticator, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { fromSeed } from '@nats-io/nkeys';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs, type BackoffLimits } from './backoff.ts';
import { ReconnectPlan } from './reconnect-plan.ts';

/** Who we are: a JWT and the seed of the key it is for. The seed signs the server's challenge and never travels. */
export interface NatsCredentials {
  readonly jwt: string;
  readonly seed: string;
}

export type ConnectionStatus = 'connected' | 'disconnected' | 'closed';

export interface DialOptions {
  /** `host:port` or `nats://host:port`, tried in turn. */
  readonly servers: string | readonly string[];
  /** As it stands in the server's monitoring. */
  readonly name: string;
  /** First token of the subjects that replies come to; what the identity may subscribe to. */
  readonly inboxPrefix: string;
  /** null: a server that asks nobody who they are (tests). */
  readonly credentials: NatsCredentials | null;
  readonly backoff: BackoffLimits;
  readonly onStatus?: (status: ConnectionStatus) => void;
  /** What went wrong and is not fatal: refused subjects, slow consumers, failed attempts. */
  readonly onProblem?: (error: Error) => void;
}

/** ms for one attempt to connect, TLS and login included. */
const handshakeMs = 5_000;
/** A peer that is gone without a word is noticed after two of these, ms. */
const pingIntervalMs = 15_000;

/**
 * Tries until it is connected; from then on the connection restores itself for ever. Rejects only when `signal` aborts, or
 * where the seed is none.
 */
export const dial = async (options: DialOptions, signal: AbortSignal): Promise<NatsConnection> => {
  if (options.credentials !== null) fromSeed(new TextEncoder().encode(options.credentials.seed));
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    try {
      const connection = await connectOnce(options);
      if (!signal.aborted) return connection;
      await connection.close();
    } catch (error) {
      options.onProblem?.(asError(error));
    }
    await sleep(backoffMs(attempt, options.backoff), undefined, { signal });
  }
};

const connectOnce = async (options: DialOptions): Promise<NatsConnection> => {
  const plan = new ReconnectPlan(options.backoff);
  let connection: NatsConnection | null = null;
  const natsOptions: NodeConnectionOptions = {
    servers: typeof options.servers === 'string' ? options.servers : [...options.servers],
    name: options.name,
    inboxPrefix: options.inboxPrefix,
    timeout: handshakeMs,
    pingInterval: pingIntervalMs,
    maxReconnectAttempts: -1,
    // A login may fail because the server is overrun, or not yet told of an account; we never give up for it.
    ignoreAuthErrorAbort: true,
    // The stack of every request that timed out costs more than it tells.
    noAsyncTraces: true,
    reconnectDelayHandler: () =>
      connection === null ? 0 : plan.waitMs(connection.getServers()[0]?.lastConnect ?? 0, Date.now()),
    reconnectToServer: () => {
      plan.dialled();
      return null;
    },
  };
  const { credentials } = options;
  if (credentials !== null) {
    natsOptions.authenticator = jwtAuthenticator(credentials.jwt, new TextEncoder().encode(credentials.seed));
  }
  connection = await connect(natsOptions);
  plan.connected();
  void watch(connection, plan, options);
  return connection;
};

const watch = async (connection: NatsConnection, plan: ReconnectPlan, options: DialOptions): Promise<void> => {
  options.onStatus?.('connected');
  for await (const status of connection.status()) {
    if (status.type === 'reconnect') {
      plan.connected();
      options.onStatus?.('connected');
    } else if (status.type === 'disconnect') {
      options.onStatus?.('disconnected');
    } else if (status.type === 'error') {
      options.onProblem?.(status.error);
    } else if (status.type === 'slowConsumer') {
      options.onProblem?.(
        new Error(`subscription ${status.sub.getSubject()} is behind: ${status.pending} messages wait`),
      );
    }
  }
  options.onStatus?.('closed');
};

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
