import {
  stepReport,
  type AgentAnswer,
  type AgentQuestion,
  type AgentPayload,
  type CommandAccepted,
  type CommandPush,
  type Hello,
  type HelloReply,
  type QueueOwner,
  type StateReport,
  type StepReport,
  type SyncReply,
  type SyncRequest,
} from '@yiqiu/contracts';
import { createSigningKey } from '@yiqiu/program';
import { randomUUID } from 'node:crypto';

interface Queue {
  generation: number;
  epoch: number;
  nextSeq: number;
  journalId: string | null;
  lineage: string;
  pending: { seq: number; startBy: number; payload: AgentPayload }[];
}

const newQueue = (): Queue => ({
  generation: 1,
  epoch: 1,
  nextSeq: 1,
  journalId: null,
  lineage: randomUUID(),
  pending: [],
});

/** Both owners of one machine's queues, in memory: what the agent sees of a platform, without one. */
export class FakePlatform {
  readonly machineUid = randomUUID();
  readonly address: string;
  readonly key = createSigningKey();
  readonly queues: { readonly [owner in QueueOwner]: Queue } = { machine: newQueue(), service: newQueue() };
  readonly archives = new Map<string, Uint8Array>();
  readonly hellos: Hello[] = [];
  readonly heartbeats: unknown[] = [];
  readonly reports: StepReport[] = [];
  readonly states: StateReport[] = [];
  readonly syncs: SyncRequest[] = [];
  timing = { heartbeatMs: 500, leaseMs: 5_000, stateReportMs: 2_000 };
  /** Answers instead of a welcome. */
  refusal: HelloReply | null = null;
  /** Reports are not acknowledged. */
  deaf = false;
  /** Set by the binding; null: no agent is there. */
  deliver: ((push: CommandPush) => Promise<CommandAccepted>) | null = null;
  /** The same for questions. */
  ask: ((question: AgentQuestion) => Promise<AgentAnswer>) | null = null;

  constructor(address = '127.0.1.1') {
    this.address = address;
  }

  hello(hello: Hello): HelloReply {
    this.hellos.push(hello);
    return (
      this.refusal ?? {
        ok: true,
        protocol: 1,
        lineage: this.queues.machine.lineage,
        epoch: 1,
        timing: this.timing,
        platformKey: this.key.publicKeyPem,
        machine: { name: 'm1', address: this.address },
      }
    );
  }

  /** The number it got. It waits until the agent asks, unless pushed. */
  enqueue(owner: QueueOwner, payload: AgentPayload, startBy = Date.now() + 60_000): number {
    const queue = this.queues[owner];
    const seq = queue.nextSeq++;
    queue.pending.push({ seq, startBy, payload });
    return seq;
  }

  /** Enqueues and pushes, where an agent is there. */
  async issue(owner: QueueOwner, payload: AgentPayload, startBy?: number): Promise<number> {
    const seq = this.enqueue(owner, payload, startBy);
    await this.deliver?.(this.pushOf(owner, seq - 1));
    return seq;
  }

  pushOf(owner: QueueOwner, afterSeq: number, max = 100): CommandPush {
    const { lineage, epoch, generation, pending, nextSeq } = this.queues[owner];
    const waiting = pending.filter(({ seq }) => seq > afterSeq);
    const commands = waiting.slice(0, max);
    const more = waiting.length > commands.length;
    return {
      owner,
      lineage,
      epoch,
      generation,
      floor: more ? (commands.at(-1)?.seq ?? 0) : nextSeq - 1,
      commands,
      more,
    };
  }

  sync(request: SyncRequest): SyncReply {
    this.syncs.push(request);
    const queue = this.queues[request.owner];
    if (queue.journalId !== null && queue.journalId !== request.journalId) {
      Object.assign(queue, { generation: queue.generation + 1, nextSeq: 1, pending: [] });
    }
    queue.journalId = request.journalId;
    const after = request.generation === queue.generation ? request.lastSeq : 0;
    return { ok: true, push: this.pushOf(request.owner, after, 2) };
  }

  report(report: StepReport): void {
    if (this.deaf) throw new Error('nobody listens');
    this.reports.push(stepReport.parse(report));
    const queue = this.queues[report.owner];
    if (report.generation === queue.generation) queue.pending = queue.pending.filter(({ seq }) => seq !== report.seq);
  }

  reportOf(owner: QueueOwner, seq: number): StepReport | undefined {
    const { generation } = this.queues[owner];
    return this.reports.find((one) => one.owner === owner && one.generation === generation && one.seq === seq);
  }

  piece(digest: string, offset: number, length = 64 * 1024): { bytes: Uint8Array; size: number } {
    const archive = this.archives.get(digest);
    if (archive === undefined) throw new Error(`archive ${digest}: unknown`);
    return { bytes: archive.subarray(offset, offset + length), size: archive.length };
  }
}
