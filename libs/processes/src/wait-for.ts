/** The first wait between two looks, ms; it doubles up to {@link pollMsMax}. */
const pollMsFirst = 5;
const pollMsMax = 250;

export interface WaitOptions {
  /** ms; the wait fails after it. */
  readonly deadlineMs: number;
  /** What is waited for, as it stands in the error: "PostgreSQL to answer". */
  readonly what: string;
}

export const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Looks until `condition` gives something other than false, null or undefined, and gives that. A condition that throws is
 * looked at again too, and its last error is the cause of the failure. Rejects after the deadline.
 */
export const waitFor = async <T>(
  condition: () => T | Promise<T>,
  { deadlineMs, what }: WaitOptions,
): Promise<Exclude<T, false | null | undefined>> => {
  const end = performance.now() + deadlineMs;
  let lastError: unknown;
  for (let pollMs = pollMsFirst; ; pollMs = Math.min(pollMs * 2, pollMsMax)) {
    try {
      const value = await condition();
      if (isThere(value)) return value;
    } catch (error) {
      lastError = error;
    }
    const leftMs = end - performance.now();
    if (leftMs <= 0) throw new Error(`waited ${deadlineMs} ms for ${what}`, { cause: lastError });
    await delay(Math.min(pollMs, leftMs));
  }
};

const isThere = <T>(value: T): value is Exclude<T, false | null | undefined> =>
  value !== false && value !== null && value !== undefined;

/** Settles like the promise, or rejects after the deadline. The promise itself goes on. */
export const withDeadline = async <T>(promise: Promise<T>, { deadlineMs, what }: WaitOptions): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${deadlineMs} ms for ${what}`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
