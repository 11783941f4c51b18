import type { Command, ContextName, EventEnvelope, NewEvent } from '@yiqiu/kernel';
import { RefusedError } from '@yiqiu/kernel';
import { LogHoleError, type Head } from '@yiqiu/event-log';
import { Backoff, Deadline, GuardedClock, pause, within } from '../host/index.ts';
import { Follower, LeadershipLease, settle } from '../leadership/index.ts';
import type { Memory } from '../memory/index.ts';
import type { ConsumerHalt, Runtime, RuntimeStatus, SubmitMeta, Submitted } from '../port.ts';
import { FoldFailedError, foldUpTo, rebuild } from '../rebuild/index.ts';
import { asError, errorText } from '../reports.ts';
import { slicedStateHash } from '../snapshots/index.ts';
import { reject, unavailable, whyEnded, type InFlight, type WriterEnd } from '../writer/index.ts';
import { checkSubmit } from './check-submit.ts';
import type { ResolvedOptions } from './options.ts';
import { Term } from './term.ts';

export const readTimeoutMsDefault = 5_000;
/** Between two tries to lead, ms: nobody is served meanwhile. */
const leadAgainMsMax = 2_000;
/** Tries to hash a state that moves meanwhile; then it is hashed in one go. */
const hashTriesMax = 5;

type Phase = RuntimeStatus['phase'];

const alarmOfEnd = {
  aborted: 'lease-lost',
  'not-appended': 'append-failed',
  'unknown-outcome': 'outcome-unknown',
  fenced: 'fenced',
  halted: 'halted',
  'consumer-halted': 'consumer-halted',
  closed: 'leadership-failing',
} as const;

/** A context at work: leads while it has the lease, else follows the log and waits for it. */
export class ContextRuntime<S, C extends Command, E extends NewEvent> implements Runtime<S, C> {
  readonly context: ContextName;
  readonly #options: ResolvedOptions<S, C, E>;
  readonly #clock: GuardedClock;
  readonly #lease: LeadershipLease;
  readonly #listeners = new Set<(events: readonly EventEnvelope[]) => void>();
  readonly #halted = new Map<ContextName, ConsumerHalt>();
  readonly #stopping = new AbortController();
  readonly #settled: Promise<void>;
  #settle: () => void = () => undefined;
  #phase: Phase = 'starting';
  #message: string | null = null;
  #term: Term<S, C, E> | null = null;
  #follower: Follower<S, C, E> | null = null;
  #head: Pick<Head, 'lineage' | 'epoch' | 'position'> | null = null;
  /** A batch whose outcome is not known yet. */
  #unsettled: InFlight<C> | null = null;
  #running: Promise<void> | null = null;
  /** Events stored by this process. */
  #stored = 0;

  constructor(options: ResolvedOptions<S, C, E>) {
    this.#options = options;
    this.context = options.domain.context;
    this.#clock = new GuardedClock(options.host.clock, options.timings.clockSettleMs);
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#lease = new LeadershipLease({
      ...{ log: options.log, holder: options.holder, ttlMs: options.timings.leaseTtlMs, host: options.host },
      onLost: (why) => this.#onLeaseLost(why),
      onUnanswered: (error) =>
        options.reports.info(this.context, `the lease could not be renewed: ${errorText(error)}`),
    });
  }

  /** Begins, and resolves when it leads, stands by behind another leader, or has halted. Then look at `status`. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#settled;
  }

  /**
   * Stops in order: takes nothing more, stores and answers what waits, publishes it, writes a snapshot, releases the lease.
   * Bounded by `drainMs` for each.
   */
  async stop(): Promise<void> {
    if (this.#phase === 'stopped') return;
    const halted = this.#phase === 'halted';
    this.#phase = 'stopping';
    this.#stopping.abort();
    const term = this.#term;
    if (!halted && term !== null) await term.close();
    const { host, timings, reports } = this.#options;
    const ended = await within(host.timers, timings.drainMs, this.#running ?? Promise.resolve());
    const released = await within(host.timers, timings.drainMs, this.#releaseLease());
    if (!ended || !released) reports.info(this.context, 'the log did not answer in time; the lease will run out');
    this.#phase = 'stopped';
    this.#settle();
  }

  submit(command: C, meta: SubmitMeta): Promise<Submitted> {
    const { writer } = this.#leading() ?? {};
    if (writer === undefined) return Promise.reject(this.#unavailable());
    const checked = checkSubmit(command, meta);
    if (typeof checked !== 'string') return Promise.reject(new RefusedError(checked));
    return new Promise((resolve, reject) => {
      writer.submit({ kind: 'command', command, meta, fingerprint: checked, resolve, reject });
    });
  }

  async read<T>(
    view: (state: S) => T,
    options: { readonly minPosition?: number; readonly timeoutMs?: number } = {},
  ): Promise<T> {
    const term = this.#leading();
    if (term === null) throw this.#unavailable();
    const { minPosition = 0, timeoutMs = readTimeoutMsDefault } = options;
    const deadline = new Deadline(this.#options.host.timers, timeoutMs);
    try {
      if (minPosition > term.writer.durablePosition) await term.writer.reached(minPosition, deadline.signal());
      return await term.writer.read(view, () => deadline.signal());
    } finally {
      deadline.clear();
    }
  }

  async moveClosed(): Promise<void> {
    await this.#leading()?.writer.progressSaved();
  }

  onCommitted(listener: (events: readonly EventEnvelope[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  status(): RuntimeStatus {
    const head = this.#head;
    const halts = [...this.#halted.values()];
    const halted = halts.map(({ context, message }) => `consumer of ${context} halted: ${message}`);
    return {
      phase: this.#phase,
      lineage: head?.lineage ?? null,
      epoch: head?.epoch ?? 0,
      position: this.#term?.writer.durablePosition ?? this.#follower?.position ?? head?.position ?? 0,
      published: this.#term?.publisher.published ?? 0,
      message: [this.#message, ...halted].filter((part) => part !== null).join('; ') || null,
      halts,
    };
  }

  now(): number {
    return this.#clock.now();
  }

  /** Commands that wait to be decided; at most `queueMax`. */
  waiting(): number {
    return this.#term?.writer.waiting ?? 0;
  }

  /**
   * An operator's word that a foreign log has another lineage, and that its consumer goes on after `position` of it.
   * Resolves when the cursor is durable; then the consumer runs again.
   */
  async adoptLineage(context: ContextName, lineage: string, position: number): Promise<void> {
    const term = this.#leading();
    if (term === null) throw this.#unavailable();
    term.stopConsumer(context);
    await new Promise<void>((resolve, reject) => {
      term.writer.adopt({ kind: 'adopt', context, lineage, position, resolve, reject });
    });
    this.resumeConsumer(context);
  }

  /** Lets a consumer that halted try the same event again. */
  resumeConsumer(context: ContextName): void {
    this.#halted.delete(context);
    this.#term?.startConsumer(context);
  }

  /** Hash of the live state at a durable position, to compare with `rebuildHash` of a separate process. */
  async stateHash(): Promise<{ readonly position: number; readonly hash: string }> {
    const { domain, host } = this.#options;
    for (let tries = 1; ; tries++) {
      const term = this.#leading();
      if (term === null) throw this.#unavailable();
      const { memory } = term;
      const { position } = memory;
      const steady = async (): Promise<boolean> => {
        if (tries < hashTriesMax) await host.timers.soon();
        return memory.position === position;
      };
      const hash = await slicedStateHash(domain.tables(memory.state), steady);
      if (hash === null) continue;
      const deadline = new Deadline(host.timers, readTimeoutMsDefault);
      try {
        await term.writer.reached(position, deadline.signal());
      } finally {
        deadline.clear();
      }
      return { position, hash };
    }
  }

  async #run(): Promise<void> {
    const { host, reports } = this.#options;
    const { signal } = this.#stopping;
    const backoff = new Backoff(leadAgainMsMax);
    let stored = 0;
    while (!signal.aborted) {
      try {
        if (!(await this.#obtainLease())) continue;
        const end = await this.#lead();
        if (end.kind === 'closed' || end.kind === 'halted') return;
        if (this.#stored > stored || end.kind === 'consumer-halted') backoff.reset();
        else await pause(host.timers, backoff.next(), signal);
        stored = this.#stored;
      } catch (error) {
        if (signal.aborted) break;
        if (await this.#cannotFold(error)) return;
        const message = `leading failed and will be tried again: ${errorText(error)}`;
        reports.alarm({ context: this.context, code: 'leadership-failing', message });
        await pause(host.timers, backoff.next(), signal);
      }
    }
    this.#giveUpUnsettled('it is stopping');
    await this.#follower?.take();
  }

  /** True when the lease is ours; else waits a while as a standby. */
  async #obtainLease(): Promise<boolean> {
    const { log, domain, host, reports, timings } = this.#options;
    // Looked at also while nobody else does, so that slow corrections do not add up to a jump.
    this.#clock.now();
    const lease = await this.#lease.acquire();
    if (lease.acquired) return true;
    this.#giveUpUnsettled(`${lease.holder} leads`);
    this.#phase = 'standby';
    this.#message = `${lease.holder} leads`;
    this.#follower ??= new Follower({ domain, log, host, reports, snapshotEvents: timings.snapshotEvents });
    this.#settle();
    await pause(host.timers, Math.min(timings.leaseTtlMs / 3, lease.remainingMs + 1), this.#stopping.signal);
    return false;
  }

  /** One time of leading, to its end. */
  async #lead(): Promise<WriterEnd<C>> {
    const { log } = this.#options;
    this.#phase = 'rebuilding';
    this.#message = null;
    const head = await log.takeOver();
    this.#head = head;
    await this.#settleUnknown(head);
    const memory = await this.#remember(head);
    if (this.#stopping.signal.aborted) return { kind: 'closed' };
    if (!this.#lease.held()) throw new Error('the lease ran out while memory was rebuilt');
    this.#clock.raiseFloor(memory.timeMs);
    const term = new Term({
      ...{ options: this.#options, memory, clock: this.#clock, halted: this.#halted },
      leaseHeld: () => this.#lease.held(),
      onConsumerHalted: (context, error) => this.#onConsumerHalted(context, error),
      onCommitted: (events) => this.#tell(events),
    });
    this.#term = term;
    this.#phase = 'leading';
    this.#tell([]);
    this.#settle();
    const end = await term.ended;
    this.#term = null;
    this.#head = { ...head, position: term.writer.durablePosition };
    this.#stored += term.writer.durablePosition - head.position;
    if (end.kind === 'unknown-outcome') this.#unsettled = end.batch;
    if (end.kind === 'closed') return end;
    if (end.kind === 'halted') await this.#halt(end.error);
    else this.#reportEnd(end);
    await term.end();
    return end;
  }

  /** Memory as of the head: what the standby folded, or the newest snapshot, and what is missing. */
  async #remember(head: Head): Promise<Memory<S>> {
    const { signal } = this.#stopping;
    const followed = (await this.#follower?.take()) ?? null;
    this.#follower = null;
    if (followed !== null && followed.lineage === head.lineage && followed.position <= head.position) {
      await foldUpTo({ ...this.#options, signal }, followed, head.position);
      followed.lead(head);
      return followed;
    }
    return rebuild({ ...this.#options, signal }, head);
  }

  async #settleUnknown(head: Head): Promise<void> {
    if (this.#unsettled === null) return;
    await settle(this.#unsettled, { log: this.#options.log, head, context: this.context });
    this.#unsettled = null;
  }

  #giveUpUnsettled(why: string): void {
    if (this.#unsettled !== null) reject(this.#unsettled, unavailable(this.context, why));
    this.#unsettled = null;
  }

  /** The log itself cannot be folded by this program: waiting does not help. */
  async #cannotFold(error: unknown): Promise<boolean> {
    if (!(error instanceof FoldFailedError) && !(error instanceof LogHoleError)) return false;
    await this.#halt(error);
    return true;
  }

  /** Stops for good and lets a replica, perhaps of another version, lead. */
  async #halt(error: Error): Promise<void> {
    this.#phase = 'halted';
    this.#message = errorText(error);
    this.#options.reports.alarm({
      context: this.context,
      code: 'halted',
      message: error.message,
      details: { stack: error.stack ?? null },
    });
    this.#giveUpUnsettled('it has halted');
    await this.#releaseLease();
    this.#settle();
  }

  async #releaseLease(): Promise<void> {
    try {
      await this.#lease.release();
    } catch (error) {
      this.#options.reports.info(this.context, `the lease could not be released and will run out: ${errorText(error)}`);
    }
  }

  #reportEnd(end: WriterEnd<C>): void {
    this.#phase = this.#stopping.signal.aborted ? 'stopping' : 'rebuilding';
    this.#message = whyEnded(end);
    // The consumer itself has alarmed already.
    if (end.kind === 'consumer-halted') return;
    this.#options.reports.alarm({ context: this.context, code: alarmOfEnd[end.kind], message: whyEnded(end) });
  }

  #onLeaseLost(why: string): void {
    this.#giveUpUnsettled(why);
    this.#term?.writer.abort(why);
  }

  #onConsumerHalted(context: ContextName, error: Error): void {
    this.#halted.set(context, { context, message: error.message, sinceMs: this.#clock.now() });
    const code = error.name === 'ForeignLineageError' ? 'foreign-lineage' : 'consumer-halted';
    this.#options.reports.alarm({
      context: this.context,
      code,
      message: `consumer of ${context} halted: ${error.message}`,
      details: { foreign: context },
    });
  }

  #tell(events: readonly EventEnvelope[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(events);
      } catch (error) {
        this.#options.reports.alarm({ context: this.context, code: 'listener-threw', message: asError(error).message });
      }
    }
  }

  #leading(): Term<S, C, E> | null {
    return this.#phase === 'leading' && this.#lease.held() ? this.#term : null;
  }

  #unavailable(): RefusedError {
    const why =
      this.#phase === 'leading'
        ? 'its lease ran out'
        : `it is ${this.#phase}${this.#message === null ? '' : ` (${this.#message})`}`;
    return unavailable(this.context, why);
  }
}
