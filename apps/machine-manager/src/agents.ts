import { nodeHost } from '@yiqiu/context-runtime';
import type { Clock } from '@yiqiu/context-runtime';
import type { Heartbeat, Hello } from '@yiqiu/contracts';
import { neverSeen } from '@yiqiu/machine-domain';
import type { ObservedAgent } from '@yiqiu/machine-domain';

interface Sign {
  /** For people. */
  readonly wallMs: number;
  /** For how long it is silent: a wall clock may jump. */
  readonly monotonicMs: number;
}

/**
 * What was last heard of each agent. In memory only, since heartbeats are no facts of the log: after a restart an agent is
 * unknown until its next sign of life. Bounded by the machines that ever joined since then; who left is forgotten.
 */
export class ObservedAgents {
  readonly #signs = new Map<string, Sign>();
  #knownUp: ReadonlySet<string> = new Set();

  constructor(
    /** Silence after which an agent counts as not connected, ms. */
    readonly leaseMs: number,
    readonly clock: Clock = nodeHost().clock,
  ) {}

  of(machineUid: string): ObservedAgent {
    const sign = this.#signs.get(machineUid);
    const knownUp = this.#knownUp.has(machineUid);
    if (sign === undefined) return { ...neverSeen, knownUp };
    const connected = this.clock.monotonicMs() - sign.monotonicMs < this.leaseMs;
    return { connected, lastSeenMs: sign.wallMs, observedAtMs: sign.wallMs, knownUp };
  }

  /** Since its last sign of life, ms; null: none since this process began. */
  heardMs(machineUid: string): number | null {
    const sign = this.#signs.get(machineUid);
    return sign === undefined ? null : Math.max(0, Math.trunc(this.clock.monotonicMs() - sign.monotonicMs));
  }

  note({ machineUid }: Pick<Heartbeat | Hello, 'machineUid'>): void {
    this.#signs.set(machineUid, { wallMs: this.clock.nowMs(), monotonicMs: this.clock.monotonicMs() });
  }

  /** The silent ones whose machine is known to be up, all of them. */
  noteUp(machineUids: ReadonlySet<string>): void {
    this.#knownUp = machineUids;
  }

  forget(machineUid: string): void {
    this.#signs.delete(machineUid);
  }
}
