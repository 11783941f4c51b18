import type { NatsConnection } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Lets what was received be handled and what was published leave, for at most `deadlineMs`, then closes. Without a
 * server there is nothing to drain to, and it closes at the deadline.
 */
export const drainAndClose = async (connection: NatsConnection, deadlineMs = 5_000): Promise<void> => {
  if (connection.isClosed()) return;
  const late = new AbortController();
  const drained = connection.drain().catch(() => {
    // Lost while draining: closing it is all that is left, and follows.
  });
  await Promise.race([drained, sleep(deadlineMs, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  await connection.close();
};
