import type { Command, ContextDomain, NewEvent } from '@yiqiu/kernel';
import type { EventLog } from '@yiqiu/event-log';
import type { EventBus } from '@yiqiu/messaging';
import type { CatchUp } from '../catch-up/index.ts';
import { noFaultPoint, type FaultPoint } from '../fault-point.ts';
import { clockSettleMs, nodeHost, type Host } from '../host/index.ts';
import { stderrReports, type Reports } from '../reports.ts';
import type { WriterLimits } from '../writer/index.ts';

export interface ContextOptions<S, C extends Command, E extends NewEvent> {
  readonly domain: ContextDomain<S, C, E>;
  /** Stays the caller's to close, after `stop`. */
  readonly log: EventLog;
  readonly bus: EventBus;
  /** Where the events of other contexts are read that the bus does not have. */
  readonly catchUp: CatchUp;
  /** Name of this process among the replicas of its service; unique, and new at each start. */
  readonly holder: string;
  /** Default: lines of JSON on standard error. */
  readonly reports?: Reports;
  /** Default `default`. */
  readonly tenant?: string;
  readonly limits?: Partial<WriterLimits>;
  readonly timings?: Partial<Timings>;
  /** Default: this machine's clock, random ids and timers. */
  readonly host?: Host;
  /** For crash tests only. */
  readonly faultPoint?: FaultPoint;
}

export interface Timings {
  /** Life of the leadership lease; renewed at a third of it. Default 10,000 ms, at least 300. */
  readonly leaseTtlMs: number;
  /** While nothing happens, how often the closed timestamp and the cursors are saved. Default 1,000 ms. */
  readonly idleSaveMs: number;
  /** How long `stop` waits for what is under way to be stored, and then to be published. Default 10,000 ms each. */
  readonly drainMs: number;
  /** How often the owner of a log is asked whether the bus held something back. Default 5,000 ms. */
  readonly watchOwnerMs: number;
  /** How often the bus is asked whether it still holds what it acknowledged. Default 10,000 ms. */
  readonly checkBusMs: number;
  /** Age up to which an empty bus gets events again; null: the whole log. Default null. */
  readonly busRetentionMs: number | null;
  /**
   * Events after which a follower, or an idle leader, writes a snapshot; a leader that is never idle does after twice as
   * many. Default 50,000.
   */
  readonly snapshotEvents: number;
  /**
   * How long the answer to a command is kept: for this time the same id gives the same answer, later it is another command.
   * Default 7 days, at least 60,000 ms.
   */
  readonly commandRetentionMs: number;
  /** How often older ones are looked for. Default 60,000 ms. */
  readonly pruneEveryMs: number;
  /** How long a clock that jumped must run evenly to be believed. Default 30,000 ms. */
  readonly clockSettleMs: number;
}

export interface ResolvedOptions<S, C extends Command, E extends NewEvent> {
  readonly domain: ContextDomain<S, C, E>;
  readonly log: EventLog;
  readonly bus: EventBus;
  readonly catchUp: CatchUp;
  readonly holder: string;
  readonly reports: Reports;
  readonly tenant: string;
  readonly limits: WriterLimits;
  readonly timings: Timings;
  readonly host: Host;
  readonly faultPoint: FaultPoint;
}

const limitsDefault: WriterLimits = {
  queueMax: 10_000,
  batchCommandsMax: 512,
  batchEventsMax: 4_096,
  batchBytesMax: 8 * 1024 * 1024,
};

const timingsDefault: Timings = {
  leaseTtlMs: 10_000,
  idleSaveMs: 1_000,
  drainMs: 10_000,
  watchOwnerMs: 5_000,
  checkBusMs: 10_000,
  busRetentionMs: null,
  snapshotEvents: 50_000,
  commandRetentionMs: 7 * 24 * 60 * 60 * 1_000,
  pruneEveryMs: 60_000,
  clockSettleMs,
};

/** Fills in defaults. Throws RangeError or TypeError on what cannot work. */
export const resolveOptions = <S, C extends Command, E extends NewEvent>(
  options: ContextOptions<S, C, E>,
): ResolvedOptions<S, C, E> => {
  const { domain, log, bus, catchUp, holder, faultPoint = noFaultPoint, tenant = 'default' } = options;
  if (log.context !== domain.context)
    throw new TypeError(`the log is of ${log.context}, the domain of ${domain.context}`);
  if (domain.context in domain.reactors)
    throw new TypeError(`${domain.context} has a reactor for its own events: use react`);
  const limits = { ...limitsDefault, ...options.limits };
  const timings = { ...timingsDefault, ...options.timings };
  for (const [name, value] of Object.entries({ ...limits, ...timings })) {
    if (value !== null && !(value > 0)) throw new RangeError(`${name} is ${value}, it must be greater than 0`);
  }
  if (timings.leaseTtlMs < 300)
    throw new RangeError(`leaseTtlMs is ${timings.leaseTtlMs}, at least 300 are needed to renew it in time`);
  if (timings.commandRetentionMs < 60_000)
    throw new RangeError(`commandRetentionMs is ${timings.commandRetentionMs}, at least 60000: a client tries again`);
  const { reports = stderrReports, host = nodeHost() } = options;
  return { domain, log, bus, catchUp, holder, reports, tenant, limits, timings, host, faultPoint };
};
