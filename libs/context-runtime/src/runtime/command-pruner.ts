import type { ContextName } from '@yiqiu/kernel';
import type { EventLog } from '@yiqiu/event-log';
import { pause, type GuardedClock, type Timers } from '../host/index.ts';
import { errorText, type Reports } from '../reports.ts';

/** Rows of one statement, so that none takes long. */
const rowsMax = 1_000;
/** Between two statements while there is more, ms: at most 20,000 rows a second, more than a writer makes. */
const betweenMs = 50;

export interface CommandPrunerOptions {
  readonly context: ContextName;
  readonly log: Pick<EventLog, 'pruneCommands'>;
  readonly clock: GuardedClock;
  readonly timers: Timers;
  readonly reports: Reports;
  /** Age from which a row goes, ms. */
  readonly retentionMs: number;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/** Deletes command rows that are too old to be asked for, until the signal aborts. Never rejects. */
export const pruneCommands = async (options: CommandPrunerOptions): Promise<void> => {
  const { timers, everyMs, signal } = options;
  let more = false;
  for (;;) {
    await pause(timers, more ? betweenMs : everyMs, signal);
    if (signal.aborted) return;
    more = await pruneOnce(options);
  }
};

/** Whether there may be more. */
const pruneOnce = async ({
  context,
  log,
  clock,
  reports,
  retentionMs,
  signal,
}: CommandPrunerOptions): Promise<boolean> => {
  try {
    return (await log.pruneCommands(clock.now() - retentionMs, rowsMax)) === rowsMax;
  } catch (error) {
    // The log may be closed by now.
    if (!signal.aborted) reports.alarm({ context, code: 'prune-failed', message: errorText(error) });
    return false;
  }
};
