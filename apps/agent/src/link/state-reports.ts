import { agentQuestionKinds, type StateReport } from '@yiqiu/contracts';
import { errorMessage, pause, within } from '../proc/index.ts';
import type { Link } from './link.ts';

/** Changes within so much of time are one report, ms; the first after a quiet time does not wait for the longer one. */
const gatherMs = 100;
const gatherWhenBusyMs = 300;
const againMs = 1_000;
/** Checks get so long to answer anew where contact was lost; then the report goes without their answer, ms. */
const freshenMs = 5_000;

/** Reports what really is at each change and periodically, until the signal aborts. */
export const reportState = async (link: Link, stop: AbortSignal): Promise<void> => {
  const { transport, log } = link.options;
  let number = 0;
  let sentAt = -Infinity;
  while (await link.options.bells.state.wait(link.timing.stateReportMs, stop)) {
    if (!link.greeted) continue;
    await pause(Math.max(gatherMs, sentAt + gatherWhenBusyMs - performance.now()), stop);
    const since = link.freshSinceMs;
    await freshen(link);
    if (!link.greeted || link.freshSinceMs !== since) {
      // Contact was lost meanwhile: what was asked is old again.
      link.options.bells.state.ring();
      continue;
    }
    try {
      number += 1;
      sentAt = performance.now();
      const reply = await transport.state(stateOf(link, number));
      await link.contacted(sentAt);
      if (reply.ok) link.stateTaken();
      else log.warn('state report refused', { code: reply.error.code, error: reply.error.message });
    } catch (error) {
      log.warn('state report failed', { error: errorMessage(error) });
      await pause(againMs, stop);
      link.options.bells.state.ring();
    }
  }
};

/** Who may lead is asked anew where the last answer is of before a loss of contact, or of before a pause of the agent. */
const freshen = async ({ options: { host, log }, freshSinceMs }: Link): Promise<void> => {
  try {
    await within(host.freshen(freshSinceMs), freshenMs, `no answer within ${freshenMs} ms`);
  } catch (error) {
    log.warn('leader.eligible: reported without a fresh answer', { error: errorMessage(error) });
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
    answers: [...agentQuestionKinds],
  };
};
