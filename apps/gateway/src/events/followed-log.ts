import { setTimeout as delay } from 'node:timers/promises';
import { log } from '@yiqiu/contracts/grpc';
import { hlcCompare, RefusedError, type ContextName, type HlcTimestamp } from '@yiqiu/kernel';
import type { Backends } from '../backends/backends.ts';
import { peerOf, placed, readRequest, type EventFilter, type PlacedEvent } from './read.ts';

/** Events of one log that wait for their turn, at most; then its reader waits. */
const waitingMax = 1_000;
/** A log that cannot be asked for this long holds the others back no more: order gives way to news, ms. */
const awayMsMax = 3_000;
const askDeadlineMs = 3_000;
const retryMs = 500;

/** One log, followed: what of it waits for its turn, and up to where nothing more can come. */
export class FollowedLog {
  readonly #waiting: PlacedEvent[] = [];
  /** Everything of this log up to here has been seen. */
  #closed: HlcTimestamp = { l: 0, c: 0 };
  /** Since when it cannot be asked; null while it answers. */
  #awayAt: number | null = null;
  #position: number;
  #wake: () => void = () => undefined;

  constructor(
    readonly context: ContextName,
    private readonly backends: Backends,
    private readonly filter: EventFilter,
    from: number,
  ) {
    this.#position = from;
  }

  get first(): PlacedEvent | undefined {
    return this.#waiting[0];
  }

  /** Takes the first; its reader goes on. */
  shift(): void {
    this.#waiting.shift();
    this.#wake();
  }

  /** Lets go of all that waits, so that a reader which is held back ends. */
  clear(): void {
    this.#waiting.length = 0;
    this.#wake();
  }

  /** Whether nothing earlier than `hlc` can come of it any more, as far as is known. */
  isBeyond(hlc: HlcTimestamp): boolean {
    if (this.#waiting.length > 0 || hlcCompare(this.#closed, hlc) >= 0) return true;
    return this.#awayAt !== null && performance.now() - this.#awayAt > awayMsMax;
  }

  /**
   * Reads on and on; where its service is away, again and again. The whole log is read and filtered here, since only then its
   * position says what has been seen. `ring` is called for each event. Throws on defects.
   */
  async read(signal: AbortSignal, ring: () => void): Promise<void> {
    while (!signal.aborted) {
      const more = { fromPosition: this.#position + 1, limit: 0, backwards: false, follow: true };
      const request = readRequest({ contexts: [this.context], stream: undefined, type: undefined }, more);
      try {
        const stream = peerOf(this.backends, this.context).stream(log.EventLogServiceService.read, request, { signal });
        for await (const stored of stream) await this.#take(placed(this.context, stored), ring);
      } catch (error) {
        // The events are in its log, and are read on from where we are.
        if (!isAway(error)) throw error;
      }
      await pause(retryMs, signal);
    }
  }

  async #take(event: PlacedEvent, ring: () => void): Promise<void> {
    this.#position = event.event.position;
    if (!fits(event, this.filter)) return;
    this.#waiting.push(event);
    ring();
    if (this.#waiting.length >= waitingMax) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Asks how far it is: once we have seen its head, nothing before its closed timestamp can come. */
  async ask(signal: AbortSignal): Promise<void> {
    try {
      const peer = peerOf(this.backends, this.context);
      const head = await peer.call(
        log.EventLogServiceService.head,
        { moveClosed: true },
        { signal, deadlineMs: askDeadlineMs },
      );
      this.#awayAt = null;
      if (this.#position >= head.position) this.#closed = { l: head.closedL, c: head.closedC };
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#awayAt ??= performance.now();
    }
  }
}

const fits = ({ event }: PlacedEvent, { stream, type }: EventFilter): boolean =>
  (stream === undefined || event.stream === stream) && (type === undefined || event.type === type);

/** Refused by us, or broken by the transport; anything else is a defect. */
const isAway = (error: unknown): boolean =>
  error instanceof RefusedError
    ? error.error.kind === 'unavailable'
    : error instanceof Error && 'code' in error && typeof error.code === 'number';

export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch(() => undefined); // aborted: the caller looks at the signal
};
