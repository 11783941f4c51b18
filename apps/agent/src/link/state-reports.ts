import type { StateReport } from '@yiqiu/contracts';
import { errorMessage, pause } from '../proc/index.ts';
import type { Link } from './link.ts';

/** Changes within so much of time are one report, ms. */
const gatherMs = 100;
const againMs = 1_000;

/** Reports what really is at each change and periodically, until the signal aborts. */
export const reportState = async (link: Link, stop: AbortSignal): Promise<void> => {
  const { transport, log } = link.options;
  let number = 0;
  while (await link.options.bells.state.wait(link.timing.stateReportMs, stop)) {
    if (!link.greeted) continue;
    await pause(gatherMs, stop);
    try {
      number += 1;
      const reply = await transport.state(stateOf(link, number));
      await link.contacted();
      if (!reply.ok) log.warn('state report refused', { code: reply.error.code, error: reply.error.message });
    } catch (error) {
      log.warn('state report failed', { error: errorMessage(error) });
      await pause(againMs, stop);
      link.options.bells.state.ring();
    }
  }
};

const stateOf = (link: Link, number: number): StateReport => {
  const { journal, host, machineUid, bootId, startedAt } = link.options;
  const { generation, lastSeq } = journal.place('service');
  const now = Date.now();
  return {
    machineUid,
    bootId,
    journalId: journal.id,
    generation,
    number,
    startedAt,
    sentAt: now,
    acceptedUpTo: lastSeq,
    units: host.report(generation, now),
  };
};
