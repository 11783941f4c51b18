import type { ContextName } from '@yiqiu/kernel';
import type pg from 'pg';
import { checkBatch, checkPrune, isStorable } from '../check.ts';
import { batchCommandsMax, pollMsDefault } from '../limits.ts';
import {
  NotAppendedError,
  UnknownOutcomeError,
  type AppendResult,
  type Batch,
  type CommandRow,
  type EventLog,
  type Head,
  type Lease,
  type ReadOptions,
  type StoredEvent,
} from '../port.ts';
import { Wakeup } from '../wakeup.ts';
import { PostgresBlobs } from './blobs.ts';
import { isDefiniteFailure, whyRefused } from './errors.ts';
import { Listener } from './listener.ts';
import { Notifier } from './notifier.ts';
import type { ResolvedOptions } from './options.ts';
import { openPool } from './pool.ts';
import { Reader } from './reader.ts';
import { PostgresSnapshots } from './snapshots.ts';
import { acquireLease } from './sql/acquire-lease.ts';
import { append } from './sql/append.ts';
import { findCommands } from './sql/find-commands.ts';
import { readHead } from './sql/head.ts';
import { newLineage } from './sql/new-lineage.ts';
import { pruneCommands } from './sql/prune-commands.ts';
import { releaseLease } from './sql/release-lease.ts';
import { takeOver } from './sql/take-over.ts';
import { subscription } from './subscription.ts';

export class PostgresLog implements EventLog {
  readonly context: ContextName;
  readonly snapshots: PostgresSnapshots;
  readonly blobs: PostgresBlobs;
  readonly #options: ResolvedOptions;
  /** One connection, for what must not wait behind readers. */
  readonly #writer: pg.Pool;
  readonly #readers: pg.Pool;
  readonly #reader: Reader;
  readonly #wakeup = new Wakeup();
  readonly #listener: Listener;
  readonly #notifier: Notifier;
  #closing: Promise<void> | null = null;

  constructor(options: ResolvedOptions) {
    this.context = options.context;
    this.#options = options;
    this.#writer = openPool(options, 1);
    this.#readers = openPool(options, options.readersMax);
    this.#reader = new Reader(this.#readers, options.context);
    this.#listener = new Listener(options, this.#wakeup);
    this.#notifier = new Notifier(this.#readers, options);
    this.snapshots = new PostgresSnapshots(this.#readers);
    this.blobs = new PostgresBlobs(this.#readers);
  }

  head(): Promise<Head> {
    return readHead(this.#readers);
  }

  async append(expectedPosition: number, epoch: number, batch: Batch): Promise<AppendResult> {
    checkBatch(expectedPosition, batch);
    const moved = await this.#tryAppend(expectedPosition, epoch, batch);
    if (!moved) return this.#whyNot(expectedPosition, epoch);
    const position = expectedPosition + batch.events.length;
    if (batch.events.length > 0) {
      this.#wakeup.reached(position);
      this.#notifier.tell(position);
    }
    return { outcome: 'appended', position };
  }

  async commands(ids: readonly string[]): Promise<ReadonlyMap<string, CommandRow>> {
    if (ids.length > batchCommandsMax)
      throw new RangeError(`${ids.length} ids, at most ${batchCommandsMax} are looked up at once`);
    // An id that cannot be stored has no row; UTF-8 would make another one of it.
    const possible = ids.filter(isStorable);
    return possible.length === 0 ? new Map() : findCommands(this.#readers, possible);
  }

  async pruneCommands(beforeMs: number, rowsMax: number): Promise<number> {
    checkPrune(beforeMs, rowsMax);
    return pruneCommands(this.#readers, beforeMs, rowsMax);
  }

  read(fromPosition: number, options: ReadOptions = {}): AsyncIterable<StoredEvent> {
    return this.#reader.read(fromPosition, options);
  }

  subscribe(
    fromPosition: number,
    { signal, pollMs = pollMsDefault }: { readonly signal: AbortSignal; readonly pollMs?: number },
  ): AsyncIterable<StoredEvent> {
    this.#listener.start();
    return subscription(fromPosition, {
      context: this.context,
      reader: this.#reader,
      wakeup: this.#wakeup,
      signal,
      pollMs,
      position: async () => (await this.head()).position,
      warn: this.#options.warn,
    });
  }

  takeOver(): Promise<Head> {
    return this.#withWriter(takeOver);
  }

  acquireLease(holder: string, ttlMs: number): Promise<{ readonly acquired: boolean; readonly lease: Lease }> {
    return acquireLease(this.#readers, holder, ttlMs);
  }

  releaseLease(holder: string): Promise<void> {
    return releaseLease(this.#readers, holder);
  }

  /** Declares the log another history, see `sql/new-lineage.ts`. Not of the port: an operator's act. */
  renewLineage(): Promise<Head> {
    return newLineage(this.#readers);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#wakeup.close();
    await this.#notifier.settle();
    await Promise.all([this.#listener.stop(), this.#writer.end(), this.#readers.end()]);
  }

  async #tryAppend(expectedPosition: number, epoch: number, batch: Batch): Promise<boolean> {
    let client: pg.PoolClient;
    try {
      client = await this.#writer.connect();
    } catch (error) {
      throw new NotAppendedError('no connection to append with', { cause: error });
    }
    let broken = true;
    try {
      const moved = await append(client, expectedPosition, epoch, batch);
      broken = false;
      return moved;
    } catch (error) {
      if (!isDefiniteFailure(error))
        throw new UnknownOutcomeError('the answer to an append was lost', { cause: error });
      broken = false;
      throw new NotAppendedError(whyRefused(error), { cause: error });
    } finally {
      client.release(broken);
    }
  }

  /** The head did not move: the row tells which condition failed, and nothing can make it true again. */
  async #whyNot(expectedPosition: number, epoch: number): Promise<AppendResult> {
    let head: Head;
    try {
      head = await this.head();
    } catch (error) {
      throw new NotAppendedError('the head is elsewhere, and where cannot be read', { cause: error });
    }
    if (head.epoch !== epoch) return { outcome: 'fenced', epoch: head.epoch };
    if (head.position !== expectedPosition) return { outcome: 'wrong-expected-position', position: head.position };
    throw new NotAppendedError(`the head is at position ${head.position} of epoch ${head.epoch}, yet it did not move`);
  }

  async #withWriter<T>(use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#writer.connect();
    let broken = true;
    try {
      const result = await use(client);
      broken = false;
      return result;
    } finally {
      client.release(broken);
    }
  }
}
