import { isUnreachable, type EventLog, type ReadOptions, type StoredEvent } from '@yiqiu/event-log';
import type { ContextName } from '@yiqiu/kernel';
import { Backoff, nodeHost, pause } from '../host/index.ts';
import { unavailable } from '../writer/errors.ts';

/** How long a question waits for a log that cannot be reached, without getting any further, ms. */
export const patienceMs = 5_000;

const mostBetweenMs = 500;
const host = nodeHost();

/** Waits for a log that cannot be reached, so that a database that starts again is not noticed by who asks. */
class Patience {
  #since = host.clock.monotonicMs();
  readonly #backoff = new Backoff(mostBetweenMs);

  constructor(
    readonly context: ContextName,
    readonly ms: number,
  ) {}

  /** It got further. */
  renew(): void {
    this.#since = host.clock.monotonicMs();
    this.#backoff.reset();
  }

  /** Resolves when it is to be tried again. Throws what is no outage as it is, and RefusedError `unavailable` when it is over. */
  async after(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted || !isUnreachable(error)) throw error;
    if (host.clock.monotonicMs() - this.#since >= this.ms)
      throw unavailable(this.context, 'its database cannot be reached');
    await pause(host.timers, this.#backoff.next(), signal);
  }
}

/** The answer, or RefusedError `unavailable` where the log cannot be reached for {@link patienceMs}. */
export const patiently = async <T>(
  { context }: Pick<EventLog, 'context'>,
  ask: () => Promise<T>,
  signal: AbortSignal = new AbortController().signal,
  ms = patienceMs,
): Promise<T> => {
  const patience = new Patience(context, ms);
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      await patience.after(error, signal);
    }
  }
};

/** As `log.read`, going on behind the last event where the log could not be reached for a while. */
export async function* readPatiently(
  log: EventLog,
  from: number,
  options: ReadOptions & { readonly signal: AbortSignal },
  ms = patienceMs,
): AsyncGenerator<StoredEvent, void, undefined> {
  const patience = new Patience(log.context, ms);
  const step = options.backwards === true ? -1 : 1;
  let next = from;
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  while (left > 0 && next > 0) {
    try {
      for await (const stored of log.read(next, { ...options, limit: left })) {
        next = stored.position + step;
        left -= 1;
        patience.renew();
        yield stored;
      }
      return;
    } catch (error) {
      await patience.after(error, options.signal);
    }
  }
}
