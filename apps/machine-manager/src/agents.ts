import type { Heartbeat, Hello } from '@yiqiu/contracts';
import { neverSeen } from '@yiqiu/machine-domain';
import type { ObservedAgent } from '@yiqiu/machine-domain';

/**
 * What was last heard of each agent. In memory only, since heartbeats are no facts of the log: after a restart an agent is
 * unknown until its next sign of life. Bounded by the machines that ever joined since then; who left is forgotten.
 */
export class ObservedAgents {
  readonly #lastSeenMs = new Map<string, number>();

  constructor(
    /** Silence after which an agent counts as not connected, ms. */
    readonly leaseMs: number,
    readonly now: () => number = Date.now,
  ) {}

  of(machineUid: string): ObservedAgent {
    const lastSeenMs = this.#lastSeenMs.get(machineUid);
    if (lastSeenMs === undefined) return neverSeen;
    return { connected: this.now() - lastSeenMs < this.leaseMs, lastSeenMs, observedAtMs: lastSeenMs };
  }

  note({ machineUid }: Pick<Heartbeat | Hello, 'machineUid'>): void {
    this.#lastSeenMs.set(machineUid, this.now());
  }

  forget(machineUid: string): void {
    this.#lastSeenMs.delete(machineUid);
  }
}
