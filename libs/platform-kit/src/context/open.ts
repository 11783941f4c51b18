import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { grpcCatchUp, openContext } from '@yiqiu/context-runtime';
import type { ContextRuntime, Reports } from '@yiqiu/context-runtime';
import { openPostgresLog } from '@yiqiu/event-log';
import type { EventLog } from '@yiqiu/event-log';
import { contextNames } from '@yiqiu/kernel';
import type { Command, ContextName, NewEvent } from '@yiqiu/kernel';
import { connectNats, NatsEventBus, readCredentials } from '@yiqiu/messaging';
import type { NatsLink } from '@yiqiu/messaging';
import type { Logger } from 'pino';
import { backoffMs, GrpcPeer } from '../grpc/index.ts';
import type { ContextModuleOptions, Foundations, Peers } from './options.ts';

export interface OpenedContext<S, C extends Command, E extends NewEvent> {
  readonly runtime: ContextRuntime<S, C, E>;
  readonly log: EventLog;
  readonly nats: NatsLink;
  readonly peers: Peers;
  /** Closes what stands below the runtime, which is stopped already. */
  close(): Promise<void>;
}

/** How long PostgreSQL and NATS may take to be there at a start. */
export const openDeadlineMs = 30_000;

/**
 * Opens everything that a context stands on, not started yet. Waits at most {@link openDeadlineMs} for each server; then it
 * throws, with nothing left open.
 */
export const openAll = async <S, C extends Command, E extends NewEvent>(
  options: ContextModuleOptions<S, C, E>,
  logger: Logger,
  reports: Reports,
): Promise<OpenedContext<S, C, E>> => {
  const { domain, service } = options;
  const { context } = domain;
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0).reverse()) await one();
  };
  try {
    const log = await openLog(options, context, logger);
    opened.push(() => log.close());
    const nats = await openNats(options, logger);
    opened.push(() => nats.close());
    const peers = openPeers(options, context);
    opened.push(() => closePeers(peers));
    const onProblem = (error: Error): void => logger.warn({ err: error }, 'the bus had a problem and goes on');
    const runtime = await openContext({
      domain,
      log,
      bus: new NatsEventBus(nats, { onProblem }),
      catchUp: grpcCatchUp(peers),
      holder: `${service}@${hostname()}/${process.pid}/${randomUUID()}`,
      reports,
      ...(options.timings === undefined ? {} : { timings: options.timings }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
    return { runtime, log, nats, peers, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const openLog = async ({ databaseUrl }: Foundations, context: ContextName, logger: Logger): Promise<EventLog> => {
  const until = Date.now() + openDeadlineMs;
  const onWarning = (message: string, error: unknown): void => logger.warn({ err: error }, message);
  for (let attempt = 0; ; attempt++) {
    try {
      return await openPostgresLog({ connection: databaseUrl, context, onWarning });
    } catch (error) {
      const waitMs = backoffMs(attempt, Math.random());
      if (Date.now() + waitMs >= until) throw error;
      logger.warn({ err: error }, 'the log cannot be opened yet');
      await delay(waitMs);
    }
  }
};

const openNats = async ({ service, natsUrl, natsCreds }: Foundations, logger: Logger): Promise<NatsLink> =>
  connectNats({
    name: service,
    servers: natsUrl,
    credentials: natsCreds === null ? null : await readCredentials(natsCreds),
    connectDeadlineMs: openDeadlineMs,
    onStatus: (status) => logger.info({ status }, 'NATS'),
    onProblem: (error) => logger.warn({ err: error }, 'NATS'),
  });

const openPeers = ({ peers, secret }: Foundations, own: ContextName): Peers =>
  Object.fromEntries(
    contextNames
      .filter((context) => context !== own)
      .map((context) => [context, new GrpcPeer({ address: peers[context], secret })]),
  );

const closePeers = (peers: Peers): Promise<void> => {
  for (const peer of Object.values(peers)) peer.close();
  return Promise.resolve();
};
