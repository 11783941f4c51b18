import type { ContextName } from '@yiqiu/kernel';
import { delay } from './delay.ts';
import { LogHoleError, type StoredEvent } from '../port.ts';
import type { Wakeup } from '../wakeup.ts';
import { backoffMs } from './backoff.ts';
import { isUnreachable } from './errors.ts';
import type { Reader } from './reader.ts';

export interface SubscriptionOptions {
  readonly context: ContextName;
  readonly reader: Reader;
  readonly wakeup: Wakeup;
  readonly signal: AbortSignal;
  readonly pollMs: number;
  /** Where the log ends now. */
  readonly position: () => Promise<number>;
  readonly warn: (message: string, error: unknown) => void;
}

/**
 * Reads to the end, sleeps until there is more, reads on. It pulls: whoever is slow is just behind. A lost connection is
 * waited out with backoff, a hole is not.
 */
export async function* subscription(
  fromPosition: number,
  options: SubscriptionOptions,
): AsyncGenerator<StoredEvent, void, undefined> {
  const { context, reader, wakeup, signal, pollMs } = options;
  let next = Math.max(1, fromPosition);
  let checked = next === 1;
  let failures = 0;
  while (!signal.aborted) {
    if (wakeup.closed) throw new Error(`log ${context} is closed`);
    try {
      if (!checked) await assertNotAhead(next, options);
      checked = true;
      for await (const event of reader.read(next, {})) {
        if (signal.aborted) return;
        next = event.position + 1;
        failures = 0;
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (wakeup.closed || !isUnreachable(error)) throw error;
      options.warn(`the subscription waits at position ${next}`, error);
      await delay(backoffMs(failures++), signal);
      continue;
    }
    await wakeup.sleep(next, pollMs, signal);
  }
}

/** A cursor beyond the end belongs to another history of the log; waiting for it would hide that. */
const assertNotAhead = async (next: number, { context, position }: SubscriptionOptions): Promise<void> => {
  const head = await position();
  if (next > head + 1) throw new LogHoleError(context, next, head + 1);
};
