import { setTimeout as sleep } from 'node:timers/promises';

/** The first wait between two looks, ms; it doubles up to {@link pollMsMax}. */
const pollMsFirst = 5;
const pollMsMax = 200;

/** Looks until the condition holds. False after `deadlineMs`; rejects where the signal aborts. */
export const until = async (condition: () => boolean, deadlineMs: number, signal?: AbortSignal): Promise<boolean> => {
  const end = performance.now() + deadlineMs;
  for (let pollMs = pollMsFirst; ; pollMs = Math.min(pollMs * 2, pollMsMax)) {
    if (condition()) return true;
    const leftMs = end - performance.now();
    if (leftMs <= 0) return false;
    await sleep(Math.min(pollMs, leftMs), undefined, signal === undefined ? {} : { signal });
  }
};

/** Waits; returns early, without an error, where the signal aborts. True where the time passed. */
export const pause = async (ms: number, signal: AbortSignal): Promise<boolean> => {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
};

/** Rejects with `message` where the work is not done in time; the work itself goes on. */
export const within = async <T>(work: Promise<T>, ms: number, message: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
