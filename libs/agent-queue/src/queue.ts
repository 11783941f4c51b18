import type { Json } from '@yiqiu/kernel';

/**
 * The outbox for one machine's agent in its owner's state: commands numbered without gaps per generation. `ref` says what
 * the command is about; what goes over the wire is rendered from the state when it is sent.
 */
export interface QueueItem<R> {
  readonly seq: number;
  /** ms since the epoch; after it the agent does not start the command. */
  readonly startBy: number;
  readonly ref: R;
}

/** Plain JSON: a row of the owner's state. Ordered by seq. */
export interface AgentQueue<R> {
  readonly machineUid: string;
  /** Of the agent at the other end; null until it first asked. */
  journalId: string | null;
  generation: number;
  /** Number of the next command. */
  nextSeq: number;
  pending: QueueItem<R>[];
}

/** Commands that may wait for one machine; more are refused by the owner's `decide`. */
export const queuePendingMax = 10_000;
/** Commands in one push or one answer to a pull. */
export const pushCommandsMax = 100;

export const newQueue = <R>(machineUid: string): AgentQueue<R> => ({
  machineUid,
  journalId: null,
  generation: 1,
  nextSeq: 1,
  pending: [],
});

/** Where the next command goes; `ahead` counts those issued before it in the same decision. */
export const placeOf = <R>(queue: AgentQueue<R>, ahead = 0): { readonly generation: number; readonly seq: number } => ({
  generation: queue.generation,
  seq: queue.nextSeq + ahead,
});

/** evolve of an issuing event. Throws where the number is not the next one: the log is damaged. */
export const enqueue = <R>(queue: AgentQueue<R>, generation: number, item: QueueItem<R>): void => {
  if (generation !== queue.generation || item.seq !== queue.nextSeq) {
    throw new Error(
      `agent queue ${queue.machineUid}: issued ${generation}/${item.seq}, next is ${queue.generation}/${queue.nextSeq}`,
    );
  }
  queue.nextSeq += 1;
  queue.pending.push(item);
};

/** The waiting command of that number, or null where it is done, void or of another generation. */
export const pendingItem = <R>(queue: AgentQueue<R>, generation: number, seq: number): QueueItem<R> | null =>
  generation === queue.generation ? (queue.pending.find((item) => item.seq === seq) ?? null) : null;

/** evolve of a result, a cancel, a fence: the command waits no longer. */
export const settle = <R>(queue: AgentQueue<R>, generation: number, seq: number): void => {
  if (generation !== queue.generation) return;
  queue.pending = queue.pending.filter((item) => item.seq !== seq);
};

export type JournalVerdict =
  | { readonly is: 'same' }
  | { readonly is: 'bound'; readonly generation: number }
  | { readonly is: 'reset'; readonly generation: number; readonly closed: readonly number[] };

/** What the journal that an agent shows means for its queue. */
export const judgeJournal = <R>(queue: AgentQueue<R>, journalId: string): JournalVerdict => {
  if (queue.journalId === journalId) return { is: 'same' };
  if (queue.journalId === null) return { is: 'bound', generation: queue.generation };
  return { is: 'reset', generation: queue.generation + 1, closed: queue.pending.map((item) => item.seq) };
};

/** evolve of AgentJournalBound. */
export const bindJournal = <R>(queue: AgentQueue<R>, journalId: string): void => {
  queue.journalId = journalId;
};

/** evolve of AgentJournalReset: numbers start again at 1, what waited is gone. The owner issues anew what is still wanted. */
export const resetJournal = <R>(queue: AgentQueue<R>, journalId: string, generation: number): void => {
  queue.journalId = journalId;
  queue.generation = generation;
  queue.nextSeq = 1;
  queue.pending = [];
};

export interface Push<R> {
  readonly generation: number;
  /** Numbers up to here that are not in `items` are void. */
  readonly floor: number;
  readonly items: readonly QueueItem<R>[];
  readonly more: boolean;
}

/**
 * What an agent that has everything up to `afterSeq` should get. Where nothing waits beyond the items, the floor is the
 * last number ever given, so that the agent does not ask for void ones again.
 */
export const pushAfter = <R>(queue: AgentQueue<R>, afterSeq: number, max = pushCommandsMax): Push<R> => {
  const waiting = queue.pending.filter((item) => item.seq > afterSeq);
  const items = waiting.slice(0, max);
  const more = waiting.length > items.length;
  const last = items.at(-1);
  return { generation: queue.generation, floor: more && last ? last.seq : queue.nextSeq - 1, items, more };
};

/** The row as canonical JSON may hold it. */
export const queueRow = <R extends Json>(queue: AgentQueue<R>): Json => ({
  machineUid: queue.machineUid,
  journalId: queue.journalId,
  generation: queue.generation,
  nextSeq: queue.nextSeq,
  pending: queue.pending.map((item) => ({ seq: item.seq, startBy: item.startBy, ref: item.ref })),
});
