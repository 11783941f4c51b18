import type { Msg } from '@nats-io/transport-node';
import { machineUidOf } from '@yiqiu/contracts';
import { RefusedError } from '@yiqiu/kernel';
import { agentInboxPrefix } from '../connection/index.ts';
import { MalformedMessageError } from '../wire/index.ts';

/** What an agent is told where its request failed; null: nothing. */
export const refusalOf = (error: unknown): { ok: false; error: { code: string; message: string } } | null => {
  if (error instanceof RefusedError) {
    const { kind, code, message } = error.error;
    return kind === 'unavailable' ? null : { ok: false, error: { code, message } };
  }
  if (error instanceof MalformedMessageError)
    return { ok: false, error: { code: 'malformed', message: error.message } };
  return {
    ok: false,
    error: { code: 'failed', message: 'the request failed; its cause is in the log of the platform' },
  };
};

/** The reply subject of a request is the agent's own choice, and our rights are wider than its own: only its inbox will do. */
export const isOwnInbox = (message: Msg): boolean =>
  message.reply?.startsWith(`${agentInboxPrefix(machineUidOf(message.subject))}.`) === true;
