import type { AlarmView } from '@yiqiu/contracts';
import { log } from '@yiqiu/contracts/grpc';
import { RefusedError } from '@yiqiu/kernel';
import type { Backends } from './backends.ts';

const askDeadlineMs = 2_000;
const contexts = ['machine', 'resource', 'service'] as const;

/**
 * The platform's own alarms: a context no longer takes another one's events, and waits for an operator. One that does not
 * answer tells none here; whoever asks it for anything else is refused.
 */
export const haltAlarms = async (backends: Backends): Promise<AlarmView[]> => {
  const found = await Promise.all(contexts.map((own) => haltsOf(backends, own)));
  return found.flat();
};

const haltsOf = async (backends: Backends, own: (typeof contexts)[number]): Promise<AlarmView[]> => {
  const halts = await askHalts(backends, own);
  return halts.map(({ context, message, sinceMs }) => ({
    id: `consumer-halted:${own}:${context}`,
    kind: 'consumer-halted',
    pool: null,
    machine: null,
    since: new Date(sinceMs).toISOString(),
    until: null,
    message: `context ${own} takes no more events of context ${context}: ${message}`,
  }));
};

const askHalts = async (backends: Backends, own: (typeof contexts)[number]): Promise<readonly log.ConsumerHalt[]> => {
  try {
    const options = { idempotent: true, deadlineMs: askDeadlineMs } as const;
    return (await backends[own].call(log.EventLogServiceService.head, { moveClosed: false }, options)).halts;
  } catch (error) {
    if (error instanceof RefusedError && error.error.kind === 'unavailable') return [];
    throw error;
  }
};
