import { setTimeout as delay } from 'node:timers/promises';
import { log } from '@yiqiu/contracts/grpc';
import { hlcCompare, RefusedError, type ContextName } from '@yiqiu/kernel';
import type { Backends } from '../backends/backends.ts';
import { before, peerOf, placed, readRequest, type Cursor, type EventFilter, type PlacedEvent } from './read.ts';

/** Events of one log that wait for their turn, at most; then its reader waits. */
const waitingMax = 1_000;
/** How often a log that says nothing is asked how far its clock is, ms. */
const headEveryMs = 200;
/** A log that cannot be asked for this long holds the others back no more: order gives way to news, ms. */
const silentMsMax = 3_000;
const retryMs = 1_000;

/** One log, followed: what of it waits, and up to where nothing more can come. */
class Followed {
  readonly waiting: PlacedEvent[] = [];
  /** Everything of this log up to here has been seen. */
  closed = { l: 0, c: 0 };
  heardAt = performance.now();
  position: number;
  #wake: () => void = () => undefined;

  constructor(
    readonly context: ContextName,
    from: number,
  ) {
    this.position = from;
  }

  /** Held back while too much waits. */
  async push(event: PlacedEvent): Promise<void> {
    this.waiting.push(event);
    this.position = event.event.position;
    this.heardAt = performance.now();
    if (this.waiting.length >= waitingMax) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  shift(): PlacedEvent | undefined {
    const event = this.waiting.shift();
    this.#wake();
    return event;
  }
}

/**
 * The events of several logs after a cursor, then what comes, in the order (hlc, context): an event goes out when no log can
 * bring an earlier one any more, which a log that is still tells by its closed timestamp. Ends when the signal aborts.
 */
export async function* followEvents(
  backends: Backends,
  filter: EventFilter,
  cursor: Cursor,
  signal: AbortSignal,
): AsyncGenerator<PlacedEvent> {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  let ring: () => void = () => undefined;
  const logs = filter.contexts.map((context) => new Followed(context, cursor[context]));
  const failures: unknown[] = [];
  const readers = logs.map((followed) =>
    readOn(backends, filter, followed, ended, () => ring()).catch((error: unknown) => {
      failures.push(error);
      ring();
    }),
  );
  try {
    while (!signal.aborted) {
      if (failures.length > 0) throw failures[0];
      const rung = new Promise<void>((resolve) => {
        ring = resolve;
      });
      const next = earliest(logs);
      if (next !== null) {
        next.shift();
        yield next.first;
        continue;
      }
      await Promise.race([rung, pause(headEveryMs, signal)]);
      await Promise.all(
        logs.filter(({ waiting }) => waiting.length === 0).map((followed) => ask(backends, filter, followed, signal)),
      );
    }
  } finally {
    stop.abort();
    for (const followed of logs) while (followed.shift() !== undefined);
    await Promise.all(readers);
  }
}

/** The first of all that wait, where it is certain that nothing comes before it; else null. */
const earliest = (logs: readonly Followed[]): { readonly first: PlacedEvent; readonly shift: () => void } | null => {
  let chosen: Followed | null = null;
  let first: PlacedEvent | null = null;
  for (const followed of logs) {
    const [head] = followed.waiting;
    if (head !== undefined && (first === null || before(head, first) < 0)) {
      first = head;
      chosen = followed;
    }
  }
  if (first === null || chosen === null) return null;
  const { hlc } = first;
  const isCertain = logs.every(
    (followed) =>
      followed.waiting.length > 0 ||
      hlcCompare(followed.closed, hlc) >= 0 ||
      performance.now() - followed.heardAt > silentMsMax,
  );
  const from = chosen;
  return isCertain ? { first, shift: () => void from.shift() } : null;
};

/** Follows one log; where its service is away, again and again. */
const readOn = async (
  backends: Backends,
  filter: EventFilter,
  followed: Followed,
  signal: AbortSignal,
  ring: () => void,
): Promise<void> => {
  while (!signal.aborted) {
    const request = readRequest(filter, {
      fromPosition: followed.position + 1,
      limit: 0,
      backwards: false,
      follow: true,
    });
    try {
      const stream = peerOf(backends, followed.context).stream(log.EventLogServiceService.read, request, { signal });
      for await (const stored of stream) {
        const held = followed.push(placed(followed.context, stored));
        ring();
        await held;
      }
    } catch (error) {
      // Its service is away: the events are in its log, and are read on from where we are.
      if (!isAway(error)) throw error;
    }
    await pause(retryMs, signal);
  }
};

/** Refused by us, or broken by the transport; anything else is a defect. */
const isAway = (error: unknown): boolean =>
  error instanceof RefusedError
    ? error.error.kind === 'unavailable'
    : error instanceof Error && 'code' in error && typeof error.code === 'number';

/** How far a still log is: without a filter every event up to its head has been seen once our position is the head's. */
const ask = async (backends: Backends, filter: EventFilter, followed: Followed, signal: AbortSignal): Promise<void> => {
  try {
    const peer = peerOf(backends, followed.context);
    const head = await peer.call(log.EventLogServiceService.head, {}, { signal, deadlineMs: silentMsMax });
    followed.heardAt = performance.now();
    const filtered = filter.stream !== undefined || filter.type !== undefined;
    if (followed.waiting.length === 0 && (filtered || followed.position >= head.position))
      followed.closed = { l: head.closedL, c: head.closedC };
  } catch (error) {
    if (!isAway(error)) throw error;
  }
};

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch(() => undefined); // aborted: the caller looks at the signal
};
