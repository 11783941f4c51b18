import type { Command, ContextName, EventEnvelope } from '@yiqiu/kernel';
import { NotAppendedError, type AppendResult, type Batch, type EncodedEvent, type EventLog } from '@yiqiu/event-log';
import type { FaultPoint } from '../fault-point.ts';
import { asError } from '../reports.ts';
import { unavailable } from './errors.ts';
import type { AdoptItem } from './item.ts';
import type { Waiting } from './open-batch.ts';
import { whyEnded, type WriterEnd } from './end.ts';

/** A decided batch on its way into the log. */
export interface InFlight<C extends Command> {
  readonly expectedPosition: number;
  /** Null where there is nothing to store: only refusals and repeated answers. */
  readonly toStore: Batch | null;
  readonly envelopes: readonly EventEnvelope[];
  readonly waiting: readonly Waiting<C>[];
  readonly adopted: readonly AdoptItem[];
  readonly ids: ReadonlyMap<string, Waiting<C>>;
}

export interface AppenderOptions<C extends Command> {
  readonly log: EventLog;
  readonly epoch: number;
  readonly context: ContextName;
  /** Where the log ends. */
  readonly position: number;
  readonly faultPoint: FaultPoint;
  readonly mayAnswer: () => boolean;
  readonly onDurable: (events: readonly EventEnvelope[], encoded: readonly EncodedEvent[]) => void;
  readonly onFailed: (end: WriterEnd<C>) => void;
}

interface Waiter {
  /** Done when as many batches are durable, or the log has that position. */
  readonly batches: number;
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Stores decided batches one after another and answers for each when it is durable. */
export class Appender<C extends Command> {
  readonly #options: AppenderOptions<C>;
  #durablePosition: number;
  #decidedBatches = 0;
  #durableBatches = 0;
  #current: InFlight<C> | null = null;
  #next: { readonly batch: InFlight<C>; readonly begun: () => void } | null = null;
  #waiters: Waiter[] = [];
  #ended: Error | null = null;

  constructor(options: AppenderOptions<C>) {
    this.#options = options;
    this.#durablePosition = options.position;
  }

  get durablePosition(): number {
    return this.#durablePosition;
  }

  /** Decided and not known to be durable. */
  onTheirWay(): readonly InFlight<C>[] {
    const batches: InFlight<C>[] = [];
    if (this.#current !== null) batches.push(this.#current);
    if (this.#next !== null) batches.push(this.#next.batch);
    return batches;
  }

  /** Takes a batch. Resolves when it is under way, so that at most one waits behind the one on its way; or when all ended. */
  push(batch: InFlight<C>): Promise<void> | null {
    if (this.#ended !== null) {
      reject(batch, this.#ended);
      return null;
    }
    this.#decidedBatches += 1;
    if (this.#current === null) {
      this.#begin(batch);
      return null;
    }
    return new Promise((begun) => {
      this.#next = { batch, begun };
    });
  }

  /** Runs `answer` when everything decided so far is durable. Where it must wait, an aborted signal ends that with `unavailable`. */
  afterDecided<T>(answer: () => T, signal?: () => AbortSignal): Promise<T> {
    if (this.#durableBatches === this.#decidedBatches) return Promise.resolve(answer());
    return this.#wait(this.#decidedBatches, 0, signal?.()).then(answer);
  }

  /** Resolves when the log holds `position`. An aborted signal ends the wait, with `unavailable`. */
  reached(position: number, signal: AbortSignal): Promise<void> {
    if (position <= this.#durablePosition) return Promise.resolve();
    return this.#wait(0, position, signal);
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    if (this.#ended === null) await this.afterDecided(() => undefined);
  }

  /** Refuses what waits. The batch on its way is answered by its own outcome, unless `now` says that it is too late. */
  end(error: Error, options: { readonly now: boolean }): void {
    if (this.#ended !== null) return;
    this.#ended = error;
    if (options.now && this.#current !== null) reject(this.#current, error);
    const next = this.#next;
    this.#next = null;
    if (next !== null) {
      reject(next.batch, error);
      next.begun();
    }
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #begin(batch: InFlight<C>): void {
    this.#current = batch;
    void this.#store(batch);
  }

  async #store(batch: InFlight<C>): Promise<void> {
    const end = await this.#append(batch);
    this.#current = null;
    if (end === null) return this.#stored(batch);
    const late = this.#ended;
    this.#options.onFailed(end);
    if (late !== null || end.kind !== 'unknown-outcome')
      reject(batch, late ?? unavailable(this.#options.context, whyEnded(end)));
  }

  /** Null where the batch is durable, else why the writer must end. */
  async #append(batch: InFlight<C>): Promise<WriterEnd<C> | null> {
    const { log, epoch, faultPoint } = this.#options;
    if (batch.toStore === null) return null;
    faultPoint('before-append');
    let result: AppendResult;
    try {
      result = await log.append(batch.expectedPosition, epoch, batch.toStore);
    } catch (error) {
      const cause = asError(error);
      // Anything the adapter does not call a definite failure may have been stored.
      if (cause instanceof NotAppendedError) return { kind: 'not-appended', error: cause };
      return { kind: 'unknown-outcome', error: cause, batch };
    }
    faultPoint('after-append');
    switch (result.outcome) {
      case 'appended':
        return null;
      case 'fenced':
        return { kind: 'fenced', epoch: result.epoch };
      case 'wrong-expected-position': {
        const error = new Error(`the log is at position ${result.position}, expected was ${batch.expectedPosition}`);
        return { kind: 'not-appended', error };
      }
    }
  }

  #stored(batch: InFlight<C>): void {
    this.#durableBatches += 1;
    this.#durablePosition = batch.expectedPosition + batch.envelopes.length;
    const { mayAnswer, context, onDurable } = this.#options;
    // The database goes on before anybody is answered.
    this.#beginNext();
    if (this.#ended === null) onDurable(batch.envelopes, batch.toStore?.events ?? []);
    if (mayAnswer()) answer(batch);
    else reject(batch, unavailable(context, 'its lease ran out'));
    this.#answerWaiters();
  }

  #beginNext(): void {
    const next = this.#next;
    this.#next = null;
    if (next === null) return;
    this.#begin(next.batch);
    next.begun();
  }

  #answerWaiters(): void {
    if (this.#waiters.length === 0) return;
    const stay: Waiter[] = [];
    for (const waiter of this.#waiters) {
      const done = waiter.batches <= this.#durableBatches && waiter.position <= this.#durablePosition;
      if (done) waiter.resolve();
      else stay.push(waiter);
    }
    this.#waiters = stay;
  }

  #wait(batches: number, position: number, signal?: AbortSignal): Promise<void> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { batches, position, resolve, reject };
      this.#waiters.push(waiter);
      const giveUp = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(unavailable(this.#options.context, 'its log did not come as far in time'));
      };
      signal?.addEventListener('abort', giveUp, { once: true });
    });
  }
}

const answer = <C extends Command>(batch: InFlight<C>): void => {
  for (const { item, answer } of batch.waiting) {
    if (answer.ok) item.resolve(answer.submitted);
    else item.reject(answer.error);
  }
  for (const item of batch.adopted) item.resolve();
};

/** Refuses everybody that waits for the batch. */
export const reject = <C extends Command>(batch: Pick<InFlight<C>, 'waiting' | 'adopted'>, error: Error): void => {
  for (const { item } of batch.waiting) item.reject(error);
  for (const item of batch.adopted) item.reject(error);
};
