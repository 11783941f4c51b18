import type { NatsConnection } from '@nats-io/transport-node';
import { drainAndClose } from './close.ts';
import { dial, type ConnectionStatus, type DialOptions } from './dial.ts';
import { serviceBackoff } from './backoff.ts';
import { serviceInboxPrefix } from './inbox.ts';

export interface ConnectOptions extends Pick<DialOptions, 'servers' | 'credentials' | 'onStatus' | 'onProblem'> {
  /** Of the platform service: its name in the server's monitoring and its inbox. */
  readonly name: string;
  /** How long the first connection may take, ms. Default 30,000. */
  readonly connectDeadlineMs?: number;
}

export interface NatsLink {
  readonly connection: NatsConnection;
  status(): ConnectionStatus;
  /** Called at each change. Returns what ends that. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
  /** Drains for at most 5 s, then closes. */
  close(): Promise<void>;
}

/**
 * Connects a platform service. Waits for a server that is not there yet, until the deadline; after that the connection
 * restores itself for ever. Rejects after the deadline, with the last failure as its cause.
 */
export const connectNats = async (options: ConnectOptions): Promise<NatsLink> => {
  const { name, servers, credentials, onStatus, onProblem, connectDeadlineMs = 30_000 } = options;
  let status: ConnectionStatus = 'disconnected';
  const listeners = new Set<(status: ConnectionStatus) => void>();
  let lastProblem: Error | undefined;
  try {
    const connection = await dial(
      {
        servers,
        name,
        credentials,
        inboxPrefix: serviceInboxPrefix(name),
        backoff: serviceBackoff,
        onStatus: (now) => {
          status = now;
          for (const listener of listeners) listener(now);
          onStatus?.(now);
        },
        onProblem: (error) => {
          lastProblem = error;
          onProblem?.(error);
        },
      },
      AbortSignal.timeout(connectDeadlineMs),
    );
    return {
      connection,
      status: () => status,
      onStatus: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      close: () => drainAndClose(connection),
    };
  } catch (error) {
    const where = typeof servers === 'string' ? servers : servers.join(', ');
    throw new Error(`${name} is not connected to NATS at ${where} after ${connectDeadlineMs} ms`, {
      cause: lastProblem ?? error,
    });
  }
};
