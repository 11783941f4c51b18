import type { Command, ContextDomain, ContextName, DomainError, EventEnvelope, NewEvent } from '@yiqiu/kernel';
import type { CommandRow, EncodedEvent, EventLog } from '@yiqiu/event-log';
import type { FaultPoint } from '../fault-point.ts';
import type { GuardedClock, Host } from '../host/index.ts';
import type { Memory } from '../memory/index.ts';
import { asError, errorText, type Reports } from '../reports.ts';
import { Appender, reject, type InFlight } from './appender.ts';
import { whyEnded, type WriterEnd } from './end.ts';
import { exhausted, unavailable } from './errors.ts';
import { ForeignLanes } from './foreign-lanes.ts';
import type { AdoptItem, CommandItem, ForeignItem } from './item.ts';
import { OpenBatch } from './open-batch.ts';
import { Queue } from './queue.ts';
import { Wake } from './wake.ts';

/** Bounds of the writer; a batch ends where it meets one of them. */
export interface WriterLimits {
  /** Commands that may wait; one more is refused `exhausted`. */
  readonly queueMax: number;
  readonly batchCommandsMax: number;
  /** Events and bytes after which a batch takes no further command; its last command may pass them. */
  readonly batchEventsMax: number;
  readonly batchBytesMax: number;
}

export interface WriterOptions<S, C extends Command, E extends NewEvent> {
  readonly domain: ContextDomain<S, C, E>;
  readonly memory: Memory<S>;
  readonly log: EventLog;
  readonly host: Host;
  readonly clock: GuardedClock;
  readonly reports: Reports;
  readonly tenant: string;
  readonly limits: WriterLimits;
  readonly faultPoint: FaultPoint;
  /** False once the lease has run out: then nothing is answered. */
  readonly mayAnswer: () => boolean;
  /** After each durable batch, before its answers. */
  readonly onDurable: (events: readonly EventEnvelope[], encoded: readonly EncodedEvent[]) => void;
  /** A consumer's event could not be taken and memory is as before: that consumer stops. */
  readonly onConsumerHalted: (context: ContextName, error: Error) => void;
  /** After each tick: 'idle' where nothing was due, a refusal where it caused nothing. */
  readonly onTicked: (outcome: 'idle' | 'done' | DomainError) => void;
}

/**
 * The single writer of a context: takes what waits, decides it against memory, appends it in one transaction, answers.
 * While one batch is on its way to the database the next one is decided on top of it; nothing is answered before it is
 * durable, and where a batch fails, everything decided after it fails with it.
 */
export class Writer<S, C extends Command, E extends NewEvent> {
  readonly ended: Promise<WriterEnd<C>>;
  readonly #options: WriterOptions<S, C, E>;
  readonly #appender: Appender<C>;
  readonly #queue = new Queue<CommandItem<C>>();
  readonly #adoptions = new Queue<AdoptItem>();
  readonly #lanes = new ForeignLanes();
  readonly #wake = new Wake();
  #tickDue = false;
  #closeDue = false;
  #savers: (() => void)[] = [];
  #closing = false;
  #end: WriterEnd<C> | null = null;
  #resolveEnded: (end: WriterEnd<C>) => void = () => undefined;

  constructor(options: WriterOptions<S, C, E>) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#appender = new Appender({
      log: options.log,
      epoch: options.memory.epoch,
      context: options.domain.context,
      position: options.memory.position,
      faultPoint: options.faultPoint,
      mayAnswer: options.mayAnswer,
      onDurable: options.onDurable,
      onFailed: (end) => this.#finish(end),
    });
    void this.#run();
  }

  get durablePosition(): number {
    return this.#appender.durablePosition;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  submit(item: CommandItem<C>): void {
    const { domain, limits } = this.#options;
    if (this.#end !== null || this.#closing) return item.reject(this.#refusal());
    if (this.#queue.size >= limits.queueMax) return item.reject(exhausted(domain.context, limits.queueMax));
    this.#queue.push(item);
    this.#wake.up();
  }

  /** Takes a foreign event in its turn. Resolves when there is room for the next one, at once as a rule. */
  offer(item: ForeignItem): Promise<void> | null {
    const room = this.#lanes.push(item);
    if (item.event !== null || this.#lanes.isFilling(item.context)) this.#wake.up();
    return room;
  }

  adopt(item: AdoptItem): void {
    if (this.#end !== null || this.#closing) return item.reject(this.#refusal());
    this.#lanes.clear(item.context);
    this.#adoptions.push(item);
    this.#wake.up();
  }

  /** Asks for a look at the deadlines. */
  tick(): void {
    this.#tickDue = true;
    this.#wake.up();
  }

  /** Asks for a batch that saves the closed timestamp and the cursors, where no other does so soon. */
  saveProgress(): void {
    this.#closeDue = true;
    this.#wake.up();
  }

  /** The same at once. Resolves when it is durable; also when the writer ends, since then nobody can say more. */
  progressSaved(): Promise<void> {
    if (this.#end !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#savers.push(resolve);
      this.saveProgress();
    });
  }

  /**
   * Runs `view` on memory and answers once everything that it could see is durable. Rejects `unavailable` where that fails,
   * where the lease runs out, or where `signal` aborts first.
   */
  read<T>(view: (state: S) => T, signal: () => AbortSignal): Promise<T> {
    const { memory, domain, mayAnswer } = this.#options;
    if (this.#end !== null || !mayAnswer()) return Promise.reject(unavailable(domain.context, 'it does not lead'));
    const value = view(memory.state);
    return this.#appender.afterDecided(() => value, signal);
  }

  /** Resolves when the log holds `position`; rejects `unavailable` where the writer ends before. */
  reached(position: number, signal: AbortSignal): Promise<void> {
    return this.#appender.reached(position, signal);
  }

  /** Takes nothing more, stores and answers what waits, then ends as `closed`. */
  close(): Promise<WriterEnd<C>> {
    this.#closing = true;
    this.#wake.up();
    return this.ended;
  }

  /** Ends at once: what waits is refused `unavailable`. A batch on its way is left to itself. */
  abort(why: string): void {
    this.#finish({ kind: 'aborted', why });
  }

  async #run(): Promise<void> {
    try {
      while (this.#end === null) {
        if (!this.#hasWork()) {
          if (this.#closing) break;
          await this.#wake.wait();
        }
        // Whoever was just answered may have the next command ready: let it join this batch.
        await this.#options.host.timers.soon();
        await this.#step();
      }
      await this.#appender.idle();
      this.#finish({ kind: 'closed' });
    } catch (error) {
      this.#finish({ kind: 'halted', error: asError(error) });
    }
  }

  #hasWork(): boolean {
    return (
      this.#queue.size > 0 ||
      this.#adoptions.size > 0 ||
      this.#lanes.urgent ||
      this.#tickDue ||
      this.#closeDue ||
      (this.#closing && this.#lanes.size > 0)
    );
  }

  /** One batch: look up, decide, hand over to be appended when the one before is stored. */
  async #step(): Promise<void> {
    const { limits } = this.#options;
    const commands = this.#queue.peek(limits.batchCommandsMax);
    const onTheirWay = this.#appender.onTheirWay();
    const known = await this.#lookUp(commands);
    if (this.#end !== null || known === null) return;
    const batch = this.#decide(commands, known, onTheirWay);
    if (batch === null) return;
    const begun = this.#appender.push(batch.close());
    for (const saved of this.#savers.splice(0)) this.#appender.afterDecided(saved).catch(saved);
    await begun;
  }

  /** Rows of the ids that the log has already; null where it could not say, which refuses the commands. */
  async #lookUp(commands: readonly CommandItem<C>[]): Promise<ReadonlyMap<string, CommandRow> | null> {
    if (commands.length === 0) return new Map();
    const ids = new Set<string>();
    for (const { meta } of commands) ids.add(meta.commandId);
    try {
      return await this.#options.log.commands([...ids]);
    } catch (error) {
      if (this.#end !== null) return null;
      this.#finish({
        kind: 'not-appended',
        error: new Error(`command ids could not be looked up: ${errorText(error)}`, { cause: error }),
      });
      return null;
    }
  }

  #decide(
    commands: readonly CommandItem<C>[],
    known: ReadonlyMap<string, CommandRow>,
    onTheirWay: readonly InFlight<C>[],
  ): OpenBatch<S, C, E> | null {
    const { domain, memory, host, clock, reports, tenant } = this.#options;
    const batch = new OpenBatch({ domain, memory, ids: host.ids, reports, tenant, nowMs: clock.now() });
    try {
      for (const item of this.#adoptions.drain()) batch.adopt(item);
      if (!this.#decideForeign(batch)) return null;
      if (this.#tickDue) {
        this.#tickDue = false;
        this.#options.onTicked(batch.tick());
      }
      this.#decideCommands(batch, commands, known, onTheirWay);
    } catch (error) {
      const halted = asError(error);
      this.#refuseAll(batch, this.#finish({ kind: 'halted', error: halted }));
      return null;
    }
    if (this.#closeDue) batch.save();
    this.#closeDue = false;
    return batch;
  }

  #decideCommands(
    batch: OpenBatch<S, C, E>,
    commands: readonly CommandItem<C>[],
    known: ReadonlyMap<string, CommandRow>,
    onTheirWay: readonly InFlight<C>[],
  ): void {
    let taken = 0;
    try {
      for (const item of commands) {
        if (this.#isFull(batch)) break;
        taken += 1;
        const id = item.meta.commandId;
        const row = known.get(id);
        const earlier = batch.ids.get(id) ?? onTheirWay.find((other) => other.ids.has(id))?.ids.get(id);
        if (row !== undefined) batch.replay(item, row);
        else if (earlier !== undefined) batch.repeat(item, earlier);
        else batch.decide(item);
      }
    } catch (error) {
      taken -= 1;
      throw error;
    } finally {
      this.#queue.drop(taken);
    }
  }

  /** False where a consumer's event spoilt memory: then the writer has ended. */
  #decideForeign(batch: OpenBatch<S, C, E>): boolean {
    for (;;) {
      // Half a batch: a backlog of foreign events does not keep the commands out.
      const item = this.#isFull(batch, 2) ? null : this.#lanes.next();
      if (item === null) return true;
      const reacted = batch.react(item);
      if (reacted.ok) continue;
      this.#lanes.clear(item.context);
      this.#options.onConsumerHalted(item.context, reacted.error);
      if (reacted.clean) continue;
      this.#refuseAll(batch, this.#finish({ kind: 'consumer-halted', context: item.context, error: reacted.error }));
      return false;
    }
  }

  /** Whether it has reached this part of its bounds. */
  #isFull(batch: OpenBatch<S, C, E>, part = 1): boolean {
    const { batchEventsMax, batchBytesMax } = this.#options.limits;
    return batch.events.length * part >= batchEventsMax || batch.bytes * part >= batchBytesMax;
  }

  #refusal(): Error {
    return unavailable(this.#options.domain.context, this.#end === null ? 'it is stopping' : whyEnded(this.#end));
  }

  #refuseAll(batch: OpenBatch<S, C, E>, end: WriterEnd<C>): void {
    reject(batch, unavailable(this.#options.domain.context, whyEnded(end)));
  }

  #finish(end: WriterEnd<C>): WriterEnd<C> {
    if (this.#end !== null) return this.#end;
    this.#end = end;
    this.#resolveEnded(end);
    const error = unavailable(this.#options.domain.context, whyEnded(end));
    for (const item of this.#queue.drain()) item.reject(error);
    for (const item of this.#adoptions.drain()) item.reject(error);
    for (const saved of this.#savers.splice(0)) saved();
    this.#lanes.close();
    this.#appender.end(error, { now: end.kind === 'aborted' });
    this.#wake.up();
    return end;
  }
}
