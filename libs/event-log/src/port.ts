import type { ContextName, EventEnvelope, HlcTimestamp } from '@yiqiu/kernel';

/** An encoded event, ready to be stored: checked against its bounds, hashed, in its place. */
export interface EncodedEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  /** ms since the epoch. */
  readonly timeMs: number;
  /** The exact stored text (kernel `encodeEvent`). */
  readonly body: string;
  /** RFC 6962 leaf hash of `body`, 32 bytes. */
  readonly leaf: Uint8Array;
}

/** A row as read back. `event` is parsed from `body`. */
export interface StoredEvent {
  readonly position: number;
  readonly body: string;
  readonly event: EventEnvelope;
}

/** One accepted command, kept until it is pruned, so that the same id gives the same answer. Refusals get no row. */
export interface CommandRow {
  /** At most 200 characters. */
  readonly id: string;
  /** SHA-256 (hex) over the command's type and canonical data. */
  readonly fingerprint: string;
  /** Positions of its events; null for an accepted no-op. */
  readonly first: number | null;
  readonly last: number | null;
  /** JSON text of the answer. */
  readonly answer: string;
  /** ms since the epoch. */
  readonly atMs: number;
}

/** The head row: where the log ends, who may write, how far the reactors have consumed the other logs. */
export interface Head {
  readonly context: ContextName;
  readonly lineage: string;
  /** Position of the last event; 0 where there is none. */
  readonly position: number;
  /** Raised by each new writer; an append with an older one is Fenced. */
  readonly epoch: number;
  readonly cursors: Cursors;
  /** Promise: every later event has a greater hlc. */
  readonly closed: HlcTimestamp;
}

/** Position consumed of each foreign log, with the lineage it belongs to. */
export type Cursors = { readonly [context in ContextName]?: { readonly position: number; readonly lineage: string } };

export interface Batch {
  readonly events: readonly EncodedEvent[];
  readonly commands: readonly CommandRow[];
  /** Only the cursors that move. */
  readonly cursors: Cursors;
  readonly closed: HlcTimestamp;
}

export type AppendResult =
  | { readonly outcome: 'appended'; readonly position: number }
  /** Somebody else appended with our epoch, which is a defect, or our memory is stale. */
  | { readonly outcome: 'wrong-expected-position'; readonly position: number }
  /** Another writer has raised the epoch; this one must stop. */
  | { readonly outcome: 'fenced'; readonly epoch: number };

/**
 * Thrown where it is not known whether the batch was stored (the connection was lost around COMMIT). The writer must
 * call `takeOver`, which raises the epoch and so waits for the lost transaction, then look at the head.
 */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}

/** Thrown where the batch was definitely not stored. Memory must be dropped and rebuilt. */
export class NotAppendedError extends Error {
  override readonly name = 'NotAppendedError';
}

/**
 * A reader found positions missing, from `expected` up to the one before `found`: the log is damaged or another lineage. It
 * stops and never skips. Where the end is missing, `found` is the head's position + 1; backwards, where the beginning is, 0.
 */
export class LogHoleError extends Error {
  override readonly name = 'LogHoleError';
  constructor(
    readonly context: ContextName,
    readonly expected: number,
    readonly found: number,
  ) {
    super(`log ${context}: expected position ${expected}, found ${found}`);
  }
}

export interface ReadOptions {
  /** Rows in all; the reader pages by itself. Unbounded where absent. */
  readonly limit?: number;
  readonly backwards?: boolean;
  readonly stream?: string;
  readonly types?: readonly string[];
  /** Events with a time before this one, ms since the epoch. */
  readonly untilMs?: number;
  /** Events at or after this time, ms since the epoch. */
  readonly sinceMs?: number;
  readonly signal?: AbortSignal;
}

export interface Lease {
  readonly holder: string;
  /** Remaining, ms, as of the database's clock at the answer. A holder counts it from when it asked, not from the answer. */
  readonly remainingMs: number;
}

/**
 * The log of one context. One writer, any number of readers. Positions are consecutive integers from 1, assigned by the
 * writer. Without a filter readers assert `position = previous + 1` and throw {@link LogHoleError}.
 */
export interface EventLog {
  readonly context: ContextName;
  head(): Promise<Head>;
  /**
   * One transaction: head row, cursors, commands, events. A batch may have none of the latter two, to move cursors or the
   * closed timestamp alone. Throws UnknownOutcomeError, or NotAppendedError, also for a batch over its bounds (limits.ts)
   * or out of order. Any outcome but `appended` leaves the log as it was.
   */
  append(expectedPosition: number, epoch: number, batch: Batch): Promise<AppendResult>;
  /** Rows of the given command ids that exist; one query, at most `batchCommandsMax` ids. */
  commands(ids: readonly string[]): Promise<ReadonlyMap<string, CommandRow>>;
  /**
   * Deletes at most `rowsMax` (up to `batchCommandsMax`) command rows older than `beforeMs`, ms since the epoch, oldest first;
   * gives how many. The same id is another command afterwards. Disturbs no append, and may run in several processes at once.
   */
  pruneCommands(beforeMs: number, rowsMax: number): Promise<number>;
  /**
   * From `fromPosition` inclusive, in order, or backwards from it (`Infinity`: from the end). Gives what was there when it
   * got there, and nothing beyond the end. Throws LogHoleError; a lost connection is the caller's to retry. An aborted
   * signal throws its reason: what was read is not the whole.
   */
  read(fromPosition: number, options?: ReadOptions): AsyncIterable<StoredEvent>;
  /**
   * Everything from `fromPosition` inclusive, then live, until the signal aborts. Woken by NOTIFY, polls as a net (default
   * `pollMsDefault`). A slow consumer is just behind. Waits out a lost connection; throws LogHoleError, also on a position
   * beyond the end, which is a cursor of another history, and an error where the log is closed under it.
   */
  subscribe(
    fromPosition: number,
    options: { readonly signal: AbortSignal; readonly pollMs?: number },
  ): AsyncIterable<StoredEvent>;
  /** Locks the head row, raises the epoch, gives the head as it then is. Waits for a running transaction of the old writer. */
  takeOver(): Promise<Head>;
  /**
   * Takes or renews the leadership lease in database time, or says who holds it; `holder` is empty where it was released
   * in that moment.
   */
  acquireLease(holder: string, ttlMs: number): Promise<{ readonly acquired: boolean; readonly lease: Lease }>;
  releaseLease(holder: string): Promise<void>;
  /** Snapshots: a cache in chunks, keyed by lineage, position and fold version. */
  readonly snapshots: SnapshotStore;
  /** Content-addressed bytes beside the log: hook outputs, program archives. */
  readonly blobs: BlobStore;
  close(): Promise<void>;
}

export interface SnapshotKey {
  readonly lineage: string;
  readonly position: number;
  readonly foldVersion: number;
}

export interface SnapshotStore {
  /**
   * Writes all chunks and then marks the snapshot complete. Two are kept of this fold version and two of the one before;
   * older ones and those of other lineages are deleted. A chunk is JSON text, at most `snapshotChunkLengthMax` characters.
   */
  save(key: SnapshotKey, chunks: AsyncIterable<string> | Iterable<string>): Promise<void>;
  /** The newest complete snapshot of this lineage and fold version at or before the position, or null. */
  newest(
    lineage: string,
    foldVersion: number,
    atMost: number,
  ): Promise<{ readonly key: SnapshotKey; readonly chunks: AsyncIterable<string> } | null>;
}

export interface BlobStore {
  /** Idempotent; the digest (sha256 hex) is checked against the bytes. At most `blobBytesMax` (256 MiB), stored in chunks. */
  put(digest: string, bytes: Uint8Array): Promise<void>;
  /** The piece from `offset`, at most `length` (up to `blobReadBytesMax`) bytes, and the whole size; null where there is none. */
  read(
    digest: string,
    offset: number,
    length: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly size: number } | null>;
}
