import type { Command, NewEvent } from '@yiqiu/kernel';
import type { Memory } from '../memory/index.ts';
import { foldUpTo, loadSnapshot } from '../rebuild/index.ts';
import { errorText } from '../reports.ts';
import { saveSnapshot, SnapshotAbandonedError } from '../snapshots/index.ts';
import type { ResolvedOptions } from './options.ts';

/** After a snapshot that failed, before the next try, ms. */
const retryMs = 30_000;

export interface SnapshotterOptions<S, C extends Command, E extends NewEvent> {
  readonly options: Pick<ResolvedOptions<S, C, E>, 'domain' | 'log' | 'host' | 'reports' | 'timings' | 'faultPoint'>;
  /** What the writer works on. */
  readonly memory: Memory<S>;
  readonly durablePosition: () => number;
  /** Ends what is under way; `final` is after it. */
  readonly signal: AbortSignal;
}

/**
 * When a leader writes snapshots, and from what. An idle one writes its own memory. One that is never idle cannot, since
 * memory moves on; it folds the newest snapshot and what came after it once more beside the writer, in slices, and writes
 * that. It keeps this second memory until it is idle, since `restore` is one piece of work that holds the writer up (tens of
 * microseconds a row): so once in a while of load and not for each snapshot. Where a standby writes them the leader need not.
 */
export class Snapshotter<S, C extends Command, E extends NewEvent> {
  readonly #options: SnapshotterOptions<S, C, E>;
  /** Where the newest one stands, as far as we know. */
  #at = 0;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  #current: Promise<void> | null = null;
  /** The second memory, while there is load. */
  #beside: Memory<S> | null = null;

  constructor(options: SnapshotterOptions<S, C, E>) {
    this.#options = options;
  }

  /**
   * Writes one where it is due. `idle`: nothing was stored since the look before. Under load it waits until twice as many
   * events are missing, since a pause makes it cheaper.
   */
  look({ idle }: { readonly idle: boolean }): void {
    const { options, memory, durablePosition } = this.#options;
    const { host, timings } = options;
    if (this.#current !== null || host.clock.monotonicMs() < this.#notBeforeMs) return;
    const wanted = timings.snapshotEvents * (idle ? 1 : 2);
    if (memory.position - this.#at < wanted || (idle && durablePosition() !== memory.position)) return;
    this.#current = this.#write(idle, wanted).finally(() => {
      this.#current = null;
    });
  }

  /** The last one, of memory that stands still from now on, unless it is there. */
  async final(): Promise<void> {
    await this.#current;
    await this.#guarded(async () => {
      await this.#ask();
      const { options, memory } = this.#options;
      if (memory.position <= this.#at) return;
      this.#at = await saveSnapshot({ ...options, timers: options.host.timers, memory });
      options.faultPoint('snapshot-written');
    });
  }

  #write(idle: boolean, wanted: number): Promise<void> {
    return this.#guarded(async () => {
      const { options, memory, signal } = this.#options;
      await this.#ask();
      if (memory.position - this.#at < wanted) return;
      if (idle) this.#beside = null;
      const still = idle ? memory : await this.#foldBeside();
      this.#at = await saveSnapshot({ ...options, timers: options.host.timers, memory: still, signal });
      options.faultPoint('snapshot-written');
    });
  }

  /** Another memory, as of the durable position of now. */
  async #foldBeside(): Promise<Memory<S>> {
    const { options, memory, durablePosition, signal } = this.#options;
    const position = durablePosition();
    const { lineage } = memory;
    const beside = this.#beside ?? (await loadSnapshot(options, { lineage, position }));
    beside.lineage = lineage;
    // Only kept where the fold went through.
    this.#beside = null;
    await foldUpTo({ ...options, signal }, beside, position, () => options.host.timers.soon());
    this.#beside = beside;
    return beside;
  }

  /** What the store has: a standby, or the leader before us, may have written one. */
  async #ask(): Promise<void> {
    const { options, memory } = this.#options;
    const newest = await options.log.snapshots.newest(memory.lineage, options.domain.foldVersion, memory.position);
    this.#at = Math.max(this.#at, newest?.key.position ?? 0);
  }

  /** A snapshot is a cache: where it cannot be written the context goes on. */
  async #guarded(write: () => Promise<void>): Promise<void> {
    const { options, signal } = this.#options;
    try {
      await write();
    } catch (error) {
      if (error instanceof SnapshotAbandonedError || (signal.aborted && error === signal.reason)) return;
      this.#notBeforeMs = options.host.clock.monotonicMs() + retryMs;
      options.reports.alarm({
        context: options.domain.context,
        code: 'snapshot-failed',
        message: errorText(error),
      });
    }
  }
}
