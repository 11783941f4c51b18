import type { Clock, RuntimeStatus } from '@yiqiu/context-runtime';
import type { Observer } from '@yiqiu/machine-domain';

/** A gap between two pulses beyond this is a pause of our own, ms. */
export const pauseMs = 2_000;

export interface SelfWatchParts {
  readonly clock: Clock;
  readonly leading: () => Pick<RuntimeStatus, 'phase' | 'epoch'>;
  readonly connected: () => boolean;
  readonly graceMs: number;
}

/**
 * How well the observer itself is. `pulse` is to be called often (well within {@link pauseMs}), and before each look: what lies
 * between two pulses is time in which nothing could be heard.
 */
export class SelfWatch {
  readonly #parts: SelfWatchParts;
  #pulsedMs: number;
  #steadyFromMs: number;
  #connectedFromMs: number | null = null;
  #leading: { readonly epoch: number; readonly fromMs: number } | null = null;

  constructor(parts: SelfWatchParts) {
    this.#parts = parts;
    this.#pulsedMs = parts.clock.monotonicMs();
    this.#steadyFromMs = this.#pulsedMs;
  }

  pulse(): void {
    const { clock, connected, leading } = this.#parts;
    const now = clock.monotonicMs();
    if (now - this.#pulsedMs > pauseMs) this.#steadyFromMs = now;
    this.#pulsedMs = now;
    this.#connectedFromMs = connected() ? (this.#connectedFromMs ?? now) : null;
    const { phase, epoch } = leading();
    if (phase !== 'leading') this.#leading = null;
    else if (this.#leading?.epoch !== epoch) this.#leading = { epoch, fromMs: now };
  }

  /** The connection was lost, however briefly. */
  disconnected(): void {
    this.#connectedFromMs = null;
  }

  health(): Observer {
    const now = this.#parts.clock.monotonicMs();
    const since = (fromMs: number | null): number => (fromMs === null ? 0 : Math.trunc(now - fromMs));
    return {
      connected: this.#connectedFromMs !== null && this.#leading !== null,
      connectedMs: since(this.#connectedFromMs),
      leadingMs: since(this.#leading?.fromMs ?? null),
      steadyMs: since(this.#steadyFromMs),
      graceMs: this.#parts.graceMs,
    };
  }
}
