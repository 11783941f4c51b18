import { z } from 'zod';
import { count, uid } from './define.ts';

/**
 * The numbered outbox for one machine's agent in the log of its owner (context machine or service). Stream
 * `agent-queue/<machine uid>`. Commands enter it by `InitStepIssued` and `StepIssued`, which carry generation and seq.
 */
export const agentQueueEvents = {
  /** The agent's journal is known for the first time: its numbers start at 1 in generation 1. */
  AgentJournalBound: { 1: z.strictObject({ machineUid: uid, journalId: uid, generation: z.int().min(1) }) },
  /** The journal at the other end is another one (re-image, restore): a new generation; what was outstanding is closed. */
  AgentJournalReset: {
    1: z.strictObject({
      machineUid: uid,
      journalId: uid,
      generation: z.int().min(1),
      closed: z.array(count).max(10_000),
    }),
  },
  /** The machine has left: its queue is closed for good. */
  AgentQueueClosed: { 1: z.strictObject({ machineUid: uid }) },
} as const;
