import { agentTiming, protocolRange, type AgentTiming, type Hello, type HelloReply } from '@yiqiu/contracts';
import type { AgentTransport } from '@yiqiu/messaging/agent-side';
import type { Journal } from '../journal/index.ts';
import type { Log } from '../log/index.ts';
import { errorMessage, pause } from '../proc/index.ts';
import { agentVersion } from '../version.ts';
import { Backoff } from '../proc/index.ts';
import type { LinkOptions } from './link.ts';

/** Before the first hello was ever answered: the production profile, so that a fleet of newcomers is not a burden. */
const firstTiming: AgentTiming = { heartbeatMs: 5_000, leaseMs: 60_000, stateReportMs: 30_000 };
const refusedBackoff = { minMs: 1_000, maxMs: 60_000 };
const unansweredBackoff = { minMs: 250, maxMs: 15_000 };

/** What the last hello said, kept for an agent that starts while the platform is away. */
export const knownTiming = (journal: Journal): AgentTiming => {
  const text = journal.meta('timing');
  return text === null ? firstTiming : agentTiming.parse(JSON.parse(text));
};

type Accepted = Extract<HelloReply, { ok: true }>;

/**
 * Says hello until the platform takes it; null where the signal aborts first. A refusal (a protocol that is not spoken, a
 * machine that is not known) is said again and again, more and more seldom. `answered` gets when it was asked, steady clock.
 */
export const greet = async (
  { transport, inventory, log, ...who }: LinkOptions,
  stop: AbortSignal,
  answered: (askedAt: number) => Promise<void>,
): Promise<Accepted | null> => {
  const refused = new Backoff(refusedBackoff.minMs, refusedBackoff.maxMs);
  const unanswered = new Backoff(unansweredBackoff.minMs, unansweredBackoff.maxMs);
  while (!stop.aborted) {
    const hello: Hello = {
      protocol: protocolRange,
      agentVersion,
      machineUid: who.machineUid,
      bootId: who.bootId,
      journalId: who.journal.id,
      startedAt: who.startedAt,
      sentAt: Date.now(),
      inventory: await inventory(),
    };
    const askedAt = performance.now();
    const reply = await ask(transport, hello);
    if (typeof reply !== 'string') await answered(askedAt);
    if (typeof reply !== 'string' && reply.ok) return reply;
    const waitMs = typeof reply === 'string' ? unanswered.next() : refused.next();
    report(log, reply, waitMs);
    await pause(waitMs, stop);
  }
  return null;
};

const ask = async (transport: AgentTransport, hello: Hello): Promise<HelloReply | string> => {
  try {
    return await transport.hello(hello);
  } catch (error) {
    return errorMessage(error);
  }
};

const report = (log: Log, reply: HelloReply | string, againInMs: number): void => {
  if (typeof reply === 'string') return log.warn('hello: no answer', { error: reply, againInMs });
  if (!reply.ok) log.error('hello: refused', { code: reply.error.code, error: reply.error.message, againInMs });
};
