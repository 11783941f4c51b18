import { decodeEvent, type ContextName } from '@yiqiu/kernel';
import { randomUUID } from 'node:crypto';
import { checkBatch, checkPrune } from '../check.ts';
import { isFiltered, passes } from '../filter.ts';
import { OrderCheck } from '../order-check.ts';
import {
  LogHoleError,
  NotAppendedError,
  UnknownOutcomeError,
  type AppendResult,
  type Batch,
  type CommandRow,
  type EncodedEvent,
  type EventLog,
  type Head,
  type Lease,
  type ReadOptions,
  type StoredEvent,
} from '../port.ts';
import { MemoryBlobs } from './blobs.ts';
import { MemorySnapshots } from './snapshots.ts';
import { MemoryStore } from './store.ts';

export interface MemoryLogOptions {
  readonly context: ContextName;
  /** A store that another log opened; a new one where absent. */
  readonly store?: MemoryStore;
  /** Of a new store. Default: a random one. */
  readonly lineage?: string;
  /** Of a new store, for the lease: ms since the epoch. Default: the wall clock. */
  readonly now?: () => number;
}

/** The log in memory, for unit tests and simulation: the same answers and refusals, no timers, no durability. */
export const openMemoryLog = (options: MemoryLogOptions): MemoryLog => {
  const { context, lineage = randomUUID(), now = Date.now } = options;
  const store = options.store ?? new MemoryStore(context, { lineage, now });
  if (store.context !== context) throw new Error(`the store is of ${store.context}, not of ${context}`);
  return new MemoryLog(store);
};

export class MemoryLog implements EventLog {
  readonly context: ContextName;
  readonly snapshots: MemorySnapshots;
  readonly blobs: MemoryBlobs;
  readonly #closing = new AbortController();

  constructor(readonly store: MemoryStore) {
    this.context = store.context;
    this.snapshots = store.snapshots;
    this.blobs = store.blobs;
  }

  async head(): Promise<Head> {
    this.#assertOpen();
    const { context, lineage, position, epoch, cursors, closed } = this.store;
    return { context, lineage, position, epoch, cursors, closed };
  }

  async append(expectedPosition: number, epoch: number, batch: Batch): Promise<AppendResult> {
    this.#assertOpen();
    checkBatch(expectedPosition, batch);
    const { store } = this;
    const fault = store.faults.shift();
    if (fault === 'not-appended') throw new NotAppendedError('the batch was refused, as the test asked');
    if (fault === 'lost-before') throw new UnknownOutcomeError('the connection was lost, as the test asked');
    if (store.epoch !== epoch) return { outcome: 'fenced', epoch: store.epoch };
    if (store.position !== expectedPosition) return { outcome: 'wrong-expected-position', position: store.position };
    for (const { id } of batch.commands) {
      if (store.commands.has(id)) throw new NotAppendedError(`command ${id} has a row already`);
    }
    for (const event of batch.events) store.events.set(event.position, event);
    for (const command of batch.commands) store.commands.set(command.id, command);
    store.position += batch.events.length;
    store.cursors = { ...store.cursors, ...batch.cursors };
    store.closed = batch.closed;
    store.wakeup.reached(store.position);
    if (fault === 'lost-after') throw new UnknownOutcomeError('the answer was lost, as the test asked');
    return { outcome: 'appended', position: store.position };
  }

  async commands(ids: readonly string[]): Promise<ReadonlyMap<string, CommandRow>> {
    this.#assertOpen();
    const found = new Map<string, CommandRow>();
    for (const id of ids) {
      const row = this.store.commands.get(id);
      if (row !== undefined) found.set(id, row);
    }
    return found;
  }

  async pruneCommands(beforeMs: number, rowsMax: number): Promise<number> {
    this.#assertOpen();
    checkPrune(beforeMs, rowsMax);
    const old = [...this.store.commands.values()].filter(({ atMs }) => atMs < beforeMs);
    const gone = old.sort((a, b) => a.atMs - b.atMs).slice(0, rowsMax);
    for (const { id } of gone) this.store.commands.delete(id);
    return gone.length;
  }

  async *read(fromPosition: number, options: ReadOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    this.#assertOpen();
    const step = options.backwards === true ? -1 : 1;
    const from = step === 1 ? Math.max(1, fromPosition) : Math.min(fromPosition, this.store.position);
    const order = isFiltered(options) ? null : new OrderCheck(this.context, from, step);
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    for (let position = from; left > 0 && position >= 1 && position <= this.store.position; position += step) {
      options.signal?.throwIfAborted();
      const event = this.store.events.get(position);
      if (event === undefined) continue;
      order?.next(position);
      if (!passes(event, options)) continue;
      left -= 1;
      yield stored(event);
    }
    if (left > 0) order?.end(this.store.position);
  }

  async *subscribe(
    fromPosition: number,
    { signal }: { readonly signal: AbortSignal; readonly pollMs?: number },
  ): AsyncGenerator<StoredEvent, void, undefined> {
    this.#assertOpen();
    if (fromPosition > this.store.position + 1)
      throw new LogHoleError(this.context, fromPosition, this.store.position + 1);
    const either = AbortSignal.any([signal, this.#closing.signal]);
    let next = Math.max(1, fromPosition);
    for (;;) {
      while (!signal.aborted && next <= this.store.position) {
        this.#assertOpen();
        const event = this.store.events.get(next);
        if (event === undefined) throw new LogHoleError(this.context, next, this.#nextAfter(next));
        yield stored(event);
        next += 1;
      }
      if (signal.aborted) return;
      this.#assertOpen();
      await this.store.wakeup.sleep(next, null, either);
    }
  }

  async takeOver(): Promise<Head> {
    this.#assertOpen();
    this.store.epoch += 1;
    return this.head();
  }

  async acquireLease(holder: string, ttlMs: number): Promise<{ readonly acquired: boolean; readonly lease: Lease }> {
    this.#assertOpen();
    const { store } = this;
    const now = store.now();
    const free = store.leaseHolder === null || store.leaseHolder === holder || store.leaseUntilMs <= now;
    if (free) {
      store.leaseHolder = holder;
      store.leaseUntilMs = now + ttlMs;
    }
    return { acquired: free, lease: { holder: store.leaseHolder ?? holder, remainingMs: store.leaseUntilMs - now } };
  }

  async releaseLease(holder: string): Promise<void> {
    this.#assertOpen();
    if (this.store.leaseHolder === holder) this.store.leaseHolder = null;
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  /** The first position behind a hole. */
  #nextAfter(hole: number): number {
    let position = hole + 1;
    while (position <= this.store.position && !this.store.events.has(position)) position += 1;
    return position;
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new Error(`log ${this.context} is closed`);
  }
}

const stored = ({ position, body }: EncodedEvent): StoredEvent => ({ position, body, event: decodeEvent(body) });
