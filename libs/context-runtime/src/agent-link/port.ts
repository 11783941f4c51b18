import type { AgentQueue, QueueItem } from '@yiqiu/agent-queue';
import type { AgentPayload, OutputRef, QueueOwner, StateReport, StepReport } from '@yiqiu/contracts';
import type { Command, EventEnvelope } from '@yiqiu/kernel';
import type { BlobStore } from '@yiqiu/event-log';
import type { AgentChannel, AgentHandlers, ReportVerdict } from '@yiqiu/messaging';
import type { Host } from '../host/index.ts';
import type { Runtime } from '../port.ts';

/** What the link has to know of a domain that owns a command queue per machine. All pure. `R`: what its items refer to. */
export interface AgentLinkDomain<S, C extends Command, R> {
  /** null: it knows no such machine. */
  queueOf(state: S, machineUid: string): AgentQueue<R> | null;
  /** The machine whose agent has something new to fetch after this event, or null. */
  touched(event: EventEnvelope): string | null;
  /** What goes over the wire for a waiting item; null: it is void, and not sent. */
  payload(state: S, machineUid: string, item: QueueItem<R>): AgentPayload | null;
  /** Records the journal that an agent shows: binds it, or resets the queue. */
  journalCommand(machineUid: string, journalId: string): C;
  reportCommand(report: StepReport, output: OutputRef): C;
  /**
   * null: nothing in it is news to this state; then no command is submitted, and none leaves a row. The command holds nothing
   * of the state itself. Absent: this owner takes no state reports.
   */
  stateReportCommand?(report: StateReport, state: S): C | null;
}

/** The way to the agents. Only who leads uses it. */
export interface AgentLinkChannel {
  serve(handlers: AgentHandlers): AgentChannel;
  /** Gives every report until the signal aborts and those at work are settled. */
  consumeReports(handler: (report: StepReport) => Promise<ReportVerdict>, signal: AbortSignal): Promise<void>;
}

/** What was not as it should be; alert rules match on `code`. */
export interface AgentLinkProblem {
  readonly code:
    /** The agent refused a push: `message` has its code. */
    | 'push-refused'
    /** The agent's journal is ahead of the log: the log lost its end without a new lineage. */
    | 'journal-ahead'
    /** A payload that the agent's schema does not take, or that is too large to send: it is left out. */
    | 'payload-invalid'
    /** A report from another history of the log. */
    | 'foreign-lineage'
    /** A report that the domain did not take: what it answers waits no more, or it is not as the first one was. */
    | 'report-refused'
    | 'failed';
  readonly machineUid: string | null;
  readonly message: string;
}

export interface AgentLinkOptions<S, C extends Command, R> {
  readonly runtime: Runtime<S, C>;
  readonly owner: QueueOwner;
  readonly domain: AgentLinkDomain<S, C, R>;
  readonly channel: AgentLinkChannel;
  /** Where outputs of steps are kept; in the context's own database, before the report is submitted. */
  readonly blobs: Pick<BlobStore, 'put'>;
  readonly onProblem: (problem: AgentLinkProblem) => void;
  /** What the app itself answers. */
  readonly handlers?: Pick<AgentHandlers, 'onHello' | 'onHeartbeat' | 'onFetch'>;
  /** Machines that are pushed to at a time. Default 64. */
  readonly pushesMax?: number;
  /** A command that the agent has had this long without a result is sent again, in case its report was lost, ms. Default 60,000. */
  readonly repeatAfterMs?: number;
  /** Default: this machine's clock and timers. */
  readonly host?: Host;
}
