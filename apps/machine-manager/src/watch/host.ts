import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { NatsLink } from '@yiqiu/messaging';
import type { Logger, TimingProfile } from '@yiqiu/platform-kit';
import { Fencer, type FencerParts } from '../fence/fencer.ts';
import { SelfWatch } from './self-watch.ts';
import { Watcher } from './watcher.ts';

export interface WatchParts extends FencerParts {
  readonly nats: NatsLink;
  readonly timing: TimingProfile;
  readonly logger: Logger;
}

const pulseEveryMs = 250;
const lookEveryMaxMs = 1_000;

/** The watch over the machines, from the process's start until just before the context stops. */
export class WatchHost implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #parts: WatchParts;
  readonly #self: SelfWatch;
  readonly #watcher: Watcher;
  readonly #fencer: Fencer;
  readonly #lookEveryMs: number;
  #pulsing: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #next: NodeJS.Timeout | null = null;
  #stopped = false;
  #endStatus: () => void = () => undefined;

  constructor(parts: WatchParts) {
    const { runtime, agents, nats, timing } = parts;
    this.#parts = parts;
    this.#self = new SelfWatch({
      clock: agents.clock,
      leading: () => runtime.status(),
      connected: () => nats.status() === 'connected',
      graceMs: timing.startGraceMs,
    });
    this.#watcher = new Watcher({ ...parts, self: this.#self });
    this.#fencer = new Fencer(parts);
    this.#lookEveryMs = Math.min(lookEveryMaxMs, timing.heartbeatMs / 2);
  }

  onApplicationBootstrap(): void {
    this.#endStatus = this.#parts.nats.onStatus((status) => {
      if (status !== 'connected') this.#self.disconnected();
    });
    this.#pulsing = setInterval(() => this.#self.pulse(), pulseEveryMs);
    this.#again();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    this.#endStatus();
    if (this.#pulsing !== null) clearInterval(this.#pulsing);
    if (this.#next !== null) clearTimeout(this.#next);
    await this.#looking;
    await this.#fencer.stop();
  }

  /** One look after the other, never two at once. */
  #again(): void {
    if (this.#stopped) return;
    this.#next = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#again());
    }, this.#lookEveryMs);
  }

  /** What fails (the log is away, the lease is lost) is looked at again in a moment. */
  async #look(): Promise<void> {
    try {
      await this.#watcher.look();
      await this.#fencer.look();
    } catch (error) {
      this.#parts.logger.warn({ err: error }, 'the watch over the machines could not look');
    }
  }
}
