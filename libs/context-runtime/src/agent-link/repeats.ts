import type { AgentQueue } from '@yiqiu/agent-queue';

interface Watched {
  readonly generation: number;
  readonly seq: number;
  readonly sinceMs: number;
}

/**
 * When to send again what an agent has taken and not reported. JetStream acknowledges before it syncs: a report can be
 * lost after the agent forgot it. A repeated command does no harm: at work it is left alone, done it is reported again.
 */
export class Repeats {
  readonly #afterMs: number;
  readonly #watched = new Map<string, Watched>();

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  /** Whether the oldest command that the agent took (up to `takenSeq`) has waited long enough; then its wait begins anew. */
  isDue<R>(queue: AgentQueue<R>, takenSeq: number, nowMs: number): boolean {
    const { machineUid, generation } = queue;
    const oldest = queue.pending.find(({ seq }) => seq <= takenSeq);
    if (oldest === undefined) {
      this.#watched.delete(machineUid);
      return false;
    }
    const { seq } = oldest;
    const watched = this.#watched.get(machineUid);
    if (watched?.generation !== generation || watched.seq !== seq) {
      this.#watched.set(machineUid, { generation, seq, sinceMs: nowMs });
      return false;
    }
    if (nowMs - watched.sinceMs < this.#afterMs) return false;
    this.#watched.set(machineUid, { generation, seq, sinceMs: nowMs });
    return true;
  }
}
