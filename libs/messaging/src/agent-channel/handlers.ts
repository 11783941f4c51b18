import type {
  CommandAccepted,
  CommandPush,
  FetchRequest,
  Heartbeat,
  Hello,
  HelloReply,
  QueueOwner,
  StateReport,
  StateReportReply,
  SyncReply,
  SyncRequest,
} from '@yiqiu/contracts';

/** A piece of an archive, at most `fetchBytesMax` bytes from the offset that was asked for. `size`: of the whole, in bytes. */
export interface ArchivePiece {
  readonly bytes: Uint8Array;
  readonly size: number;
}

/**
 * What an owner does with what agents say. Bodies are checked before, and come from the machine that they name. A thrown
 * RefusedError is answered with its code; one of kind `unavailable` is not answered at all, so that who leads may.
 */
export interface AgentHandlers {
  readonly onSync: (request: SyncRequest) => Promise<SyncReply>;
  /** Where given: this owner greets agents. */
  readonly onHello?: (hello: Hello) => Promise<HelloReply>;
  /** Must not block. */
  readonly onHeartbeat?: (heartbeat: Heartbeat) => void;
  readonly onState?: (report: StateReport) => Promise<StateReportReply>;
  /** null: there is no such archive, or the offset is not in it. */
  readonly onFetch?: (request: FetchRequest) => Promise<ArchivePiece | null>;
}

export interface ServeAgentsOptions extends AgentHandlers {
  readonly owner: QueueOwner;
  /** Requests of one kind at work at a time. Default 64. */
  readonly atWorkMax?: number;
  /** Requests of one kind that may wait; more are left unanswered, and the agents ask again. Default 20,000. */
  readonly waitingMax?: number;
  /** How long an agent may take to journal a push, ms. Default 3,000. */
  readonly pushTimeoutMs?: number;
  /** Malformed, strange, dropped or failed requests. */
  readonly onProblem: (error: Error) => void;
}

/** The owner's end of the link, while it leads. */
export interface AgentChannel {
  /** null where the agent gave no (sensible) answer: nothing has changed then. */
  push(machineUid: string, push: CommandPush): Promise<CommandAccepted | null>;
  /** Takes no more; resolves when what was taken is answered. */
  stop(): Promise<void>;
}
