import { decodeEvent, hlcAheadMaxMs, hlcTooFarAhead, type ContextName, type EventEnvelope } from '@yiqiu/kernel';
import type { EventBus } from '@yiqiu/messaging';
import type { CatchUp } from '../catch-up/index.ts';
import type { FaultPoint } from '../fault-point.ts';
import { Backoff, pause, type GuardedClock, type Timers } from '../host/index.ts';
import { asError, errorText, type Reports } from '../reports.ts';
import type { ForeignItem } from '../writer/index.ts';
import { ForeignClockError, ForeignLineageError } from './errors.ts';
import { watchOwner, type Watched } from './watch-owner.ts';

export interface ConsumerOptions {
  /** Whose reactor it is. */
  readonly own: ContextName;
  /** Whose events. */
  readonly context: ContextName;
  readonly types: readonly string[];
  readonly cursor: { readonly position: number; readonly lineage: string } | undefined;
  readonly bus: EventBus;
  readonly catchUp: CatchUp;
  readonly clock: GuardedClock;
  readonly timers: Timers;
  readonly reports: Reports;
  readonly faultPoint: FaultPoint;
  readonly signal: AbortSignal;
  /** How often the owner is asked where its log ends, ms: finds what the bus lost without a trace. */
  readonly watchOwnerMs: number;
  /** Hands an event to the writer; a promise where it must wait for room. */
  readonly offer: (item: ForeignItem) => Promise<void> | null;
  /** It cannot go on without an operator. */
  readonly onHalted: (error: Error) => void;
}

/**
 * Brings another context's events to the writer, each once and in order, from the cursor on: over the bus, and from the
 * owner's log where the bus has a hole, begins too late or lost its end.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #types: ReadonlySet<string>;
  readonly #backoff = new Backoff();
  readonly #stale = new Set<string>();
  #position: number;
  #lineage: string | null;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#types = new Set(options.types);
    this.#position = options.cursor?.position ?? 0;
    this.#lineage = options.cursor?.lineage ?? null;
  }

  /** Handed to the writer so far. */
  get position(): number {
    return this.#position;
  }

  /** Runs until the signal aborts or it halts. Never rejects. */
  async run(): Promise<void> {
    const { signal, timers, onHalted } = this.#options;
    while (!signal.aborted) {
      try {
        const watched = await this.#follow();
        if (watched.kind === 'foreign') throw watched.error;
        if (watched.kind === 'behind') await this.#catchUpTo(watched.upTo, signal);
        else if (!signal.aborted) throw new Error('the bus ended the subscription');
        this.#backoff.reset();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ForeignLineageError) return onHalted(error);
        this.#report(asError(error));
        await pause(timers, this.#backoff.next(), signal);
      }
    }
  }

  /** One subscription, until it breaks or the owner turns out to be ahead of it. */
  async #follow(): Promise<Watched> {
    const { bus, context, signal } = this.#options;
    const subscription = new AbortController();
    const either = AbortSignal.any([signal, subscription.signal]);
    const watching = this.#watch(either, () => subscription.abort());
    try {
      for await (const { position, lineage, body } of bus.consume(context, this.#position, either)) {
        if (await this.#isStale(lineage, position, either)) continue;
        if (position <= this.#position) continue;
        await this.#catchUpTo(position - 1, either);
        await this.#feed(position, body);
        this.#backoff.reset();
      }
    } catch (error) {
      // An error that comes of the watcher's own abort is not one: what it found counts.
      if (!subscription.signal.aborted) throw error;
    } finally {
      subscription.abort();
    }
    return watching;
  }

  #watch(signal: AbortSignal, onStuck: () => void): Promise<Watched> {
    const { own, context, timers, watchOwnerMs, reports } = this.#options;
    return watchOwner({
      timers,
      everyMs: watchOwnerMs,
      signal,
      position: () => this.#position,
      ownerPosition: () => this.#ownerPosition(signal),
      onStuck,
      onUnreachable: (error) =>
        reports.info(own, `the owner of log ${context} could not be asked: ${errorText(error)}`),
    });
  }

  /**
   * True for what the bus still holds of a history that was given up. Which of the two that is, the owner knows. Throws
   * ForeignLineageError where it is ours.
   */
  async #isStale(lineage: string, position: number, signal: AbortSignal): Promise<boolean> {
    if (this.#lineage === null || lineage === this.#lineage || this.#stale.has(lineage))
      return this.#stale.has(lineage);
    const { catchUp, context } = this.#options;
    const head = await catchUp.head(context, signal);
    if (head.lineage !== this.#lineage) this.#checkLineage(lineage, position);
    this.#stale.add(lineage);
    return true;
  }

  async #ownerPosition(signal: AbortSignal): Promise<number> {
    const { catchUp, context } = this.#options;
    const head = await catchUp.head(context, signal);
    if (head.position < this.#position) this.#checkLineage(head.lineage, head.position);
    return head.position;
  }

  /** Reads what is missing up to `position` from its owner. */
  async #catchUpTo(position: number, signal: AbortSignal): Promise<void> {
    if (this.#position >= position) return;
    const { catchUp, context } = this.#options;
    for await (const { position: at, body } of catchUp.read(context, this.#position + 1, position, signal)) {
      if (at !== this.#position + 1)
        throw new Error(`the log of ${context} gave position ${at} where ${this.#position + 1} was asked`);
      await this.#feed(at, body);
    }
    if (this.#position < position && !signal.aborted)
      throw new Error(`the log of ${context} gave ${this.#position} of ${position} positions`);
  }

  async #feed(position: number, body: string): Promise<void> {
    const { context, offer, faultPoint, signal } = this.#options;
    const event = decodeEvent(body);
    this.#checkEvent(event, position);
    const listed = this.#types.has(event.type);
    if (listed) faultPoint('event-consumed');
    const room = offer({
      kind: 'foreign',
      context,
      lineage: event.lineage,
      position,
      hlc: event.meta.hlc,
      event: listed ? event : null,
    });
    this.#position = position;
    this.#lineage = event.lineage;
    if (room !== null && !signal.aborted) await room;
  }

  #checkEvent(event: EventEnvelope, position: number): void {
    const { context, clock } = this.#options;
    if (event.context !== context || event.position !== position)
      throw new Error(`expected ${context} position ${position}, got ${event.context} position ${event.position}`);
    this.#checkLineage(event.lineage, position);
    if (!hlcTooFarAhead(event.meta.hlc, clock.now())) return;
    const aheadMs = event.meta.hlc.l - clock.now();
    throw new ForeignClockError(
      `${context} position ${position} is ${aheadMs} ms ahead of this clock, at most ${hlcAheadMaxMs} are allowed`,
    );
  }

  #checkLineage(lineage: string, position: number): void {
    if (this.#lineage === null || lineage === this.#lineage) return;
    const known = { lineage: this.#lineage, position: this.#position };
    throw new ForeignLineageError(this.#options.context, known, { lineage, position });
  }

  #report(error: Error): void {
    const { own, context, reports } = this.#options;
    reports.alarm({
      context: own,
      code: error instanceof ForeignClockError ? 'foreign-clock-ahead' : 'consumer-failing',
      message: `consumer of ${context} stopped at position ${this.#position} and will try again: ${errorText(error)}`,
      details: { foreign: context, position: this.#position },
    });
  }
}
