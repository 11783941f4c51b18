import { errorMessage, pause } from '../proc/index.ts';
import { Backoff } from '../proc/index.ts';
import type { Link } from './link.ts';

const batchMax = 10;
const idleMs = 30_000;
const backoff = { minMs: 250, maxMs: 30_000 };

/** Reports what the journal holds, oldest first, each until the stream has it, until the signal aborts. */
export const reportResults = async (link: Link, stop: AbortSignal): Promise<void> => {
  const { journal, transport, log } = link.options;
  const waits = new Backoff(backoff.minMs, backoff.maxMs);
  while (!stop.aborted) {
    const waiting = link.greeted ? journal.waitingReports(batchMax) : [];
    if (waiting.length === 0) {
      await link.options.bells.results.wait(idleMs, stop);
      continue;
    }
    try {
      for (const { id, report } of waiting) {
        await transport.report(report);
        journal.reported(id, report.owner);
      }
      waits.reset();
    } catch (error) {
      const againInMs = waits.next();
      log.warn('report failed', { error: errorMessage(error), againInMs });
      await pause(againInMs, stop);
    }
  }
};
