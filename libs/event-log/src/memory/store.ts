import { hlcZero, type ContextName, type HlcTimestamp } from '@yiqiu/kernel';
import type { CommandRow, Cursors, EncodedEvent } from '../port.ts';
import { Wakeup } from '../wakeup.ts';
import { MemoryBlobs } from './blobs.ts';
import { MemorySnapshots } from './snapshots.ts';

export interface MemoryStoreOptions {
  readonly lineage: string;
  /** The "database's" clock, for the lease: ms since the epoch. */
  readonly now: () => number;
}

/**
 * What happens to the next append, for tests of writers.
 * `not-appended`: a definite failure. `lost-before`: the connection is lost before the server has the batch.
 * `lost-after`: it is lost after COMMIT and before the answer.
 */
export type AppendFault = 'not-appended' | 'lost-before' | 'lost-after';

/** What the database is to the PostgreSQL adapter: the state that several logs, as of a leader and a standby, open. */
export class MemoryStore {
  readonly lineage: string;
  readonly now: () => number;
  position = 0;
  epoch = 0;
  cursors: Cursors = {};
  closed: HlcTimestamp = hlcZero;
  leaseHolder: string | null = null;
  leaseUntilMs = 0;
  readonly events = new Map<number, EncodedEvent>();
  readonly commands = new Map<string, CommandRow>();
  readonly snapshots = new MemorySnapshots();
  readonly blobs = new MemoryBlobs();
  readonly wakeup = new Wakeup();
  readonly faults: AppendFault[] = [];

  constructor(
    readonly context: ContextName,
    { lineage, now }: MemoryStoreOptions,
  ) {
    this.lineage = lineage;
    this.now = now;
  }

  /** The next appends fail so, in this order. */
  failNext(...faults: readonly AppendFault[]): void {
    this.faults.push(...faults);
  }

  /** Damages the log: the event is gone, as after `DELETE` by a stranger. */
  lose(position: number): void {
    if (!this.events.delete(position)) throw new Error(`log ${this.context} has no position ${position} to lose`);
  }
}
