import type { ContextName } from '@yiqiu/kernel';
import type { EventLog } from '@yiqiu/event-log';
import type { CatchUp } from './port.ts';

/** Catches up from logs that this process has open itself: tests, simulations, everything in one process. */
export const logCatchUp = (logs: { readonly [context in ContextName]?: EventLog }): CatchUp => {
  const logOf = (context: ContextName): EventLog => {
    const log = logs[context];
    if (log === undefined)
      throw new Error(`no log of ${context} to catch up from; there is ${Object.keys(logs).join(', ')}`);
    return log;
  };
  return {
    head: (context) => logOf(context).head(),
    async *read(context, from, to, signal) {
      yield* logOf(context).read(from, { limit: to - from + 1, signal });
    },
  };
};
