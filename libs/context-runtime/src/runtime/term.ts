import type { Command, ContextName, EventEnvelope, NewEvent } from '@yiqiu/kernel';
import { contextNames } from '@yiqiu/kernel';
import type { GuardedClock } from '../host/index.ts';
import type { Memory } from '../memory/index.ts';
import { Publisher } from '../publisher/index.ts';
import { Consumer } from '../reactions/index.ts';
import { Ticker } from '../ticker/index.ts';
import { Writer, type WriterEnd } from '../writer/index.ts';
import { pruneCommands } from './command-pruner.ts';
import type { ResolvedOptions } from './options.ts';
import { Snapshotter } from './snapshotter.ts';

export interface TermOptions<S, C extends Command, E extends NewEvent> {
  readonly options: ResolvedOptions<S, C, E>;
  readonly memory: Memory<S>;
  readonly clock: GuardedClock;
  readonly leaseHeld: () => boolean;
  /** Consumers that stand until an operator lets them go on. */
  readonly halted: ReadonlyMap<ContextName, unknown>;
  readonly onConsumerHalted: (context: ContextName, error: Error) => void;
  readonly onCommitted: (events: readonly EventEnvelope[]) => void;
}

/** One time of leading: everything that works on one memory, begun and ended together. */
export class Term<S, C extends Command, E extends NewEvent> {
  readonly memory: Memory<S>;
  readonly writer: Writer<S, C, E>;
  readonly publisher: Publisher;
  readonly #options: TermOptions<S, C, E>;
  readonly #ticker: Ticker;
  readonly #working = new AbortController();
  readonly #publishing = new AbortController();
  readonly #consumers = new Map<ContextName, AbortController>();
  readonly #published: Promise<void>;
  #cancelSave: () => void = () => undefined;
  readonly #snapshotter: Snapshotter<S, C, E>;
  #savedPosition = -1;

  constructor(options: TermOptions<S, C, E>) {
    this.#options = options;
    this.memory = options.memory;
    const { domain, log, bus, host, reports, faultPoint, timings } = options.options;
    const { context } = domain;
    this.publisher = new Publisher({
      ...{
        context,
        lineage: this.memory.lineage,
        log,
        bus,
        host,
        reports,
        faultPoint,
        signal: this.#publishing.signal,
      },
      ...{ checkBusMs: timings.checkBusMs, busRetentionMs: timings.busRetentionMs },
      durablePosition: () => this.writer.durablePosition,
      mayPublish: options.leaseHeld,
    });
    this.#ticker = new Ticker({
      ...{ context, clock: options.clock, timers: host.timers, reports },
      nextDeadline: () => domain.nextDeadline(this.memory.state),
      tick: () => this.writer.tick(),
    });
    this.writer = this.#openWriter();
    this.#snapshotter = new Snapshotter({
      ...{ options: options.options, memory: this.memory, signal: this.#working.signal },
      durablePosition: () => this.writer.durablePosition,
    });
    this.#published = this.publisher.run();
    for (const foreign of contextNames) this.startConsumer(foreign);
    this.#ticker.arm();
    this.#scheduleSave();
    void pruneCommands({
      ...{ context, log, clock: options.clock, timers: host.timers, reports, signal: this.#working.signal },
      ...{ retentionMs: timings.commandRetentionMs, everyMs: timings.pruneEveryMs },
    });
    void this.writer.ended.then(() => this.#stopWorking());
  }

  get ended(): Promise<WriterEnd<C>> {
    return this.writer.ended;
  }

  /** Lets the consumer of a foreign log run from its cursor, unless it is halted or there is no reactor. */
  startConsumer(context: ContextName): void {
    const { options, clock, halted, onConsumerHalted } = this.#options;
    const reactor = options.domain.reactors[context];
    if (reactor === undefined || halted.has(context) || this.#working.signal.aborted) return;
    this.stopConsumer(context);
    const stop = new AbortController();
    this.#consumers.set(context, stop);
    const consumer = new Consumer({
      ...{ own: options.domain.context, context, types: reactor.types, cursor: this.memory.cursors[context] },
      ...{ bus: options.bus, catchUp: options.catchUp, clock, timers: options.host.timers, reports: options.reports },
      faultPoint: options.faultPoint,
      watchOwnerMs: options.timings.watchOwnerMs,
      signal: AbortSignal.any([stop.signal, this.#working.signal]),
      offer: (item) => (stop.signal.aborted ? null : this.writer.offer(item)),
      onHalted: (error) => onConsumerHalted(context, error),
    });
    void consumer.run();
  }

  stopConsumer(context: ContextName): void {
    this.#consumers.get(context)?.abort();
    this.#consumers.delete(context);
  }

  /** Takes nothing more, stores what waits, publishes it, writes a snapshot. Each within its deadline. */
  async close(): Promise<void> {
    const { host, timings, domain, reports } = this.#options.options;
    this.#stopWorking();
    const cancel = host.timers.after(timings.drainMs, () =>
      this.writer.abort('it is stopping and the log did not answer in time'),
    );
    const end = await this.writer.close();
    cancel();
    if (end.kind === 'closed') {
      await this.#drainPublisher();
      await this.#snapshotter.final();
    } else {
      reports.info(domain.context, `the writer ended as ${end.kind} while it was stopped`);
    }
    await this.end();
  }

  /** Ends everything at once, except a batch that is on its way to the log. */
  async end(): Promise<void> {
    this.#stopWorking();
    this.#publishing.abort();
    await this.#published;
  }

  #openWriter(): Writer<S, C, E> {
    const { options, clock, leaseHeld, onCommitted, onConsumerHalted } = this.#options;
    const { domain, log, host, reports, tenant, limits, faultPoint } = options;
    return new Writer({
      ...{ domain, memory: this.memory, log, host, clock, reports, tenant, limits, faultPoint },
      mayAnswer: leaseHeld,
      onDurable: (events, encoded) => {
        this.#ticker.arm();
        if (events.length === 0) return;
        this.publisher.appended(encoded);
        onCommitted(events);
      },
      onConsumerHalted: (context, error) => {
        this.stopConsumer(context);
        onConsumerHalted(context, error);
      },
      onTicked: (outcome) => this.#ticker.ticked(outcome),
    });
  }

  /** While nothing happens the promise about later timestamps moves on. Snapshots are looked after at the same time. */
  #scheduleSave(): void {
    const { host, timings } = this.#options.options;
    this.#cancelSave = host.timers.after(timings.idleSaveMs, () => {
      if (this.#working.signal.aborted) return;
      this.writer.saveProgress();
      const { durablePosition } = this.writer;
      this.#snapshotter.look({ idle: durablePosition === this.#savedPosition });
      this.#savedPosition = durablePosition;
      this.#scheduleSave();
    });
  }

  async #drainPublisher(): Promise<void> {
    const { host, timings, domain, reports } = this.#options.options;
    const deadlineMs = host.clock.monotonicMs() + timings.drainMs;
    while (this.publisher.published < this.writer.durablePosition && host.clock.monotonicMs() < deadlineMs) {
      await new Promise<void>((resolve) => void host.timers.after(10, resolve));
    }
    const left = this.writer.durablePosition - this.publisher.published;
    if (left > 0)
      reports.info(domain.context, `${left} events were not published before the stop; the next leader does it`);
  }

  #stopWorking(): void {
    this.#working.abort();
    this.#ticker.stop();
    this.#cancelSave();
  }
}
