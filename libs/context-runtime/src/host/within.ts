import type { Timers } from './ports.ts';

/** Whether the work ended, well or not, within `deadlineMs`. It goes on by itself where it did not. */
export const within = (timers: Timers, deadlineMs: number, work: Promise<unknown>): Promise<boolean> =>
  new Promise((resolve) => {
    const cancel = timers.after(deadlineMs, () => resolve(false));
    const ended = (): void => {
      cancel();
      resolve(true);
    };
    work.then(ended, ended);
  });
