import { judgeJournal, pendingItem, type AgentQueue } from '@yiqiu/agent-queue';
import type { CommandPush, StateReport, StateReportReply, StepReport, SyncReply, SyncRequest } from '@yiqiu/contracts';
import { RefusedError, type Command } from '@yiqiu/kernel';
import { reportId, type AgentChannel, type ReportVerdict } from '@yiqiu/messaging';
import { nodeHost } from '../host/index.ts';
import { asError } from '../reports.ts';
import { buildPush, type PushLimits } from './build-push.ts';
import { outputOf } from './output.ts';
import type { AgentLinkOptions, AgentLinkProblem } from './port.ts';
import { Pushes } from './pushes.ts';
import { Repeats } from './repeats.ts';

const refusedSync = (code: string, message: string): SyncReply => ({ ok: false, error: { code, message } });

/** How far an agent said it is. In memory only: forgotten with the term, and said again with the next pull. */
interface Accepted {
  readonly generation: number;
  readonly seq: number;
}

/** The link while its context leads. All that it answers and sends is of durable state. */
export class AgentLinkSession<S, C extends Command, R> {
  readonly #options: AgentLinkOptions<S, C, R>;
  readonly #stopping = new AbortController();
  readonly #accepted = new Map<string, Accepted>();
  readonly #pushes: Pushes;
  readonly #repeats: Repeats;
  readonly #nowMs: () => number;
  readonly #channel: AgentChannel;
  readonly #reports: Promise<void>;

  constructor(options: AgentLinkOptions<S, C, R>) {
    const { host = nodeHost(), channel, domain, handlers, pushesMax = 64, repeatAfterMs = 60_000 } = options;
    this.#options = options;
    this.#nowMs = () => host.clock.monotonicMs();
    this.#repeats = new Repeats(repeatAfterMs);
    this.#pushes = new Pushes(pushesMax, (machineUid) => this.#push(machineUid));
    this.#channel = channel.serve({
      ...handlers,
      onSync: (request) => this.#sync(request),
      ...(domain.stateReportCommand === undefined ? {} : { onState: (report) => this.#state(report) }),
    });
    this.#reports = channel
      .consumeReports((report) => this.#report(report), this.#stopping.signal)
      .catch((error: unknown) =>
        this.#problem('failed', null, `reports are not taken any more: ${asError(error).message}`),
      );
  }

  /** The queue of this machine changed. */
  touch(machineUid: string): void {
    this.#pushes.touch(machineUid);
  }

  /** Resolves when what was under way is answered, sent or given back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#pushes.stop(), this.#channel.stop(), this.#reports]);
  }

  async #push(machineUid: string): Promise<void> {
    try {
      while (!this.#stopping.signal.aborted) {
        const push = await this.#pendingPush(machineUid);
        if (push === null || push.commands.length === 0) return;
        const answer = await this.#channel.push(machineUid, push);
        // No answer changes nothing: the agent asks by itself.
        if (answer === null) return;
        if (!answer.ok) {
          const { code, message } = answer.error;
          return this.#problem('push-refused', machineUid, `${code}: ${message}`);
        }
        if (answer.generation !== push.generation) return;
        const before = this.#acceptedSeq(machineUid, push.generation);
        this.#accepted.set(machineUid, { generation: answer.generation, seq: answer.acceptedUpTo });
        // Without progress the agent has a gap, and pulls.
        if (!push.more || answer.acceptedUpTo <= before) return;
      }
    } catch (error) {
      // Not leading any more is no news: the session is about to be stopped.
      if (error instanceof RefusedError && error.error.kind === 'unavailable') return;
      this.#problem('failed', machineUid, `push: ${asError(error).message}`);
    }
  }

  /** null: there is no queue, or no agent has ever shown its journal, which has to be known before anything is sent. */
  #pendingPush(machineUid: string): Promise<CommandPush | null> {
    return this.#options.runtime.read((state) => {
      const queue = this.#options.domain.queueOf(state, machineUid);
      if (queue === null || queue.journalId === null) return null;
      return this.#render(state, queue, { afterSeq: this.#acceptedSeq(machineUid, queue.generation) });
    });
  }

  async #sync(request: SyncRequest): Promise<SyncReply> {
    const { runtime, domain } = this.#options;
    const { machineUid, journalId, owner } = request;
    const first = await runtime.read((state) => {
      const queue = domain.queueOf(state, machineUid);
      const isKnown = queue !== null && judgeJournal(queue, journalId).is === 'same';
      return isKnown ? this.#answerSync(state, request) : (queue?.generation ?? 0);
    });
    if (typeof first !== 'number') return first;
    // The generation makes the id another one each time journals change places.
    const commandId = `agent-journal:${this.#lineage()}:${machineUid}:${owner}:${first}:${journalId}`;
    const command = domain.journalCommand(machineUid, journalId);
    const { position } = await runtime.submit(command, { commandId, actor: `agent:${machineUid}` });
    return runtime.read((state) => this.#answerSync(state, request), { minPosition: position });
  }

  #answerSync(state: S, request: SyncRequest): SyncReply {
    const { machineUid } = request;
    const queue = this.#options.domain.queueOf(state, machineUid);
    if (queue === null) return refusedSync('machine-unknown', `there is no machine ${machineUid} here`);
    const same = request.generation === queue.generation;
    if (request.generation > queue.generation || (same && request.lastSeq >= queue.nextSeq)) {
      const message = `the agent is at ${request.generation}/${request.lastSeq}, the log at ${queue.generation}/${queue.nextSeq - 1}`;
      this.#problem('journal-ahead', machineUid, message);
      return refusedSync('journal-ahead', message);
    }
    const taken = same ? request.lastSeq : 0;
    this.#accepted.set(machineUid, { generation: queue.generation, seq: taken });
    const push = this.#render(state, queue, { afterSeq: taken });
    const repeat = push.commands.length === 0 && this.#repeats.isDue(queue, taken, this.#nowMs());
    if (!repeat) return { ok: true, push };
    const again = this.#render(state, queue, { afterSeq: 0, upToSeq: taken });
    return { ok: true, push: { ...push, commands: again.commands } };
  }

  #render(state: S, queue: AgentQueue<R>, limits: PushLimits): CommandPush {
    const { runtime, domain, owner } = this.#options;
    const { machineUid } = queue;
    const body = buildPush(
      queue,
      limits,
      (item) => domain.payload(state, machineUid, item),
      (seq, problem) => this.#problem('payload-invalid', machineUid, `command ${queue.generation}/${seq} ${problem}`),
    );
    return { owner, lineage: this.#lineage(), epoch: runtime.status().epoch, ...body };
  }

  async #report(report: StepReport): Promise<ReportVerdict> {
    const { runtime, domain, blobs } = this.#options;
    const { machineUid, generation, seq } = report;
    try {
      if (report.lineage !== this.#lineage()) {
        this.#problem('foreign-lineage', machineUid, `report ${reportId(report)}, the log is ${this.#lineage()}`);
        return 'done';
      }
      const waits = await runtime.read((state) => {
        const queue = domain.queueOf(state, machineUid);
        return queue !== null && pendingItem(queue, generation, seq) !== null;
      });
      // Its effect is durable already, or it has none any more.
      if (!waits) return 'done';
      const output = outputOf(report);
      if (output !== null) await blobs.put(output.ref.digest, output.bytes);
      const command = domain.reportCommand(report, output?.ref ?? null);
      await runtime.submit(command, { commandId: `agent:${reportId(report)}`, actor: `agent:${machineUid}` });
      return 'done';
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const { kind, code, message } = error.error;
      if (kind === 'unavailable' || kind === 'exhausted') return 'again';
      this.#problem('report-refused', machineUid, `report ${generation}/${seq}: ${code}: ${message}`);
      return 'done';
    }
  }

  async #state(report: StateReport): Promise<StateReportReply> {
    const { runtime, domain } = this.#options;
    const { machineUid, startedAt, number } = report;
    const command = await runtime.read((state) => domain.stateReportCommand?.(report, state) ?? null);
    if (command !== null) {
      const commandId = `agent-state:${this.#lineage()}:${machineUid}:${report.bootId}:${startedAt}:${number}`;
      await runtime.submit(command, { commandId, actor: `agent:${machineUid}` });
    }
    return { ok: true };
  }

  #acceptedSeq(machineUid: string, generation: number): number {
    const accepted = this.#accepted.get(machineUid);
    return accepted?.generation === generation ? accepted.seq : 0;
  }

  /** Known as long as the context leads. */
  #lineage(): string {
    const { lineage } = this.#options.runtime.status();
    if (lineage === null) throw new Error('the lineage of the log is not known');
    return lineage;
  }

  #problem(code: AgentLinkProblem['code'], machineUid: string | null, message: string): void {
    this.#options.onProblem({ code, machineUid, message });
  }
}
