import { pushAfter, pushCommandsMax, type AgentQueue, type QueueItem } from '@yiqiu/agent-queue';
import { agentPayload, type AgentCommand, type AgentPayload, type CommandPush } from '@yiqiu/contracts';

/** Bytes of one push; a larger command goes alone. */
export const pushBytesMax = 1024 * 1024;
/** Bytes of one command: what a message of 4 MiB holds, with room. */
export const commandBytesMax = 3 * 1024 * 1024;

export type PushBody = Pick<CommandPush, 'generation' | 'floor' | 'commands' | 'more'>;

export interface PushLimits {
  readonly afterSeq: number;
  /** Nothing above is sent. Default: no bound. */
  readonly upToSeq?: number;
}

/**
 * What an agent that has all up to `afterSeq` gets next: at most `pushCommandsMax` commands and about `pushBytesMax` bytes.
 * The payloads are copies: nothing of the state is held. An item that cannot be sent is told and left out.
 */
export const buildPush = <R>(
  queue: AgentQueue<R>,
  { afterSeq, upToSeq = Number.POSITIVE_INFINITY }: PushLimits,
  render: (item: QueueItem<R>) => AgentPayload | null,
  onInvalid: (seq: number, problem: string) => void,
): PushBody => {
  const { generation, floor, items, more } = pushAfter(queue, afterSeq, pushCommandsMax);
  const commands: AgentCommand[] = [];
  let bytes = 0;
  let covered = afterSeq;
  for (const item of items) {
    if (item.seq > upToSeq) break;
    const payload = render(item);
    const text = payload === null ? '' : JSON.stringify(payload);
    if (commands.length > 0 && bytes + text.length > pushBytesMax) {
      return { generation, floor: covered, commands, more: true };
    }
    covered = item.seq;
    if (payload === null) continue;
    const copy = checked(text);
    if (typeof copy === 'string') {
      onInvalid(item.seq, copy);
      continue;
    }
    bytes += text.length;
    commands.push({ seq: item.seq, startBy: item.startBy, payload: copy });
  }
  return { generation, floor, commands, more };
};

/** The payload as the agent will read it, or why it will not. */
const checked = (text: string): AgentPayload | string => {
  if (text.length > commandBytesMax) return `is ${text.length} bytes, at most ${commandBytesMax} can be sent`;
  const result = agentPayload.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [first] = result.error.issues;
  return `${first?.path.join('.') ?? ''}: ${first?.message ?? 'invalid'}`;
};
