import type {
  AgentAnswer,
  AgentQuestion,
  CommandAccepted,
  CommandPush,
  Heartbeat,
  Hello,
  HelloReply,
  StateReport,
  StateReportReply,
  StepReport,
  SyncReply,
  SyncRequest,
} from '@yiqiu/contracts';

/**
 * The agent's half of the link. Every call but `heartbeat` throws `NoAnswerError` where nobody answered (try again, with
 * backoff) and `MalformedMessageError` where the answer is not what the protocol says. A refusal is an answer.
 */
export interface AgentTransport {
  hello(hello: Hello): Promise<HelloReply>;
  /** Sent if connected, else dropped: the next one says the same. */
  heartbeat(heartbeat: Heartbeat): void;
  sync(request: SyncRequest): Promise<SyncReply>;
  /**
   * Sets what takes commands, once. It resolves when they are journalled, in order per owner; pushes of different owners
   * may overlap. The same number may come again: one at work is left alone, a finished one is reported again.
   */
  onPush(handler: (push: CommandPush) => Promise<CommandAccepted>): void;
  /** Sets what answers questions, once. They come one after another; a question of a kind not known here is refused before it. */
  onQuestion(handler: (question: AgentQuestion) => Promise<AgentAnswer>): void;
  /** Resolves when the report stands in the stream; repeating it is harmless. */
  report(report: StepReport): Promise<void>;
  state(report: StateReport): Promise<StateReportReply>;
  /** One piece of an archive, from `offset` on, at most `fetchBytesMax` bytes. `size`: of the whole, in bytes. Throws {@link FetchRefusedError}. */
  fetch(digest: string, offset: number): Promise<{ readonly bytes: Uint8Array; readonly size: number }>;
  status(): 'connected' | 'disconnected';
  /** Called at each change. Returns what ends that. */
  onStatus(listener: (status: 'connected' | 'disconnected') => void): () => void;
  close(): Promise<void>;
}

/** The owner has no such archive, or the offset is not in it. */
export class FetchRefusedError extends Error {
  override readonly name = 'FetchRefusedError';
  constructor(
    readonly digest: string,
    readonly code: string,
  ) {
    super(`archive ${digest}: ${code}`);
  }
}

export interface ConnectAgentOptions {
  /** `host:port` or `nats://host:port`, tried in turn. */
  readonly servers: string | readonly string[];
  readonly machineUid: string;
  /** From the join. Both null: a server that asks nobody who they are (tests). */
  readonly jwt: string | null;
  /** Of the agent's own nkey (`SU…`). It signs the server's challenge and never travels. */
  readonly seed: string | null;
  /** How long `connectAgent` waits for the first connection before it returns a disconnected transport, ms. Default 10,000. */
  readonly firstConnectMs?: number;
  /** For hello, sync, state and report, ms. Default 5,000. */
  readonly requestTimeoutMs?: number;
  /** For one piece of an archive, ms. Default 30,000. */
  readonly fetchTimeoutMs?: number;
  /** What went wrong and is not fatal: failed attempts to connect, refused subjects, malformed pushes. */
  readonly onProblem?: (error: Error) => void;
}
