import { randomUUID } from 'node:crypto';
import type { Runtime } from '@yiqiu/context-runtime';
import { hearingMs, observeIfNews, watchedMachines } from '@yiqiu/machine-domain';
import type { MachineCommand, MachineContextState, Sighting, Watched } from '@yiqiu/machine-domain';
import type { Logger } from '@yiqiu/platform-kit';
import type { ObservedAgents } from '../agents.ts';
import type { FenceDriver } from '../fence/driver.ts';
import type { SelfWatch } from './self-watch.ts';

export interface WatcherParts {
  readonly runtime: Runtime<MachineContextState, MachineCommand>;
  readonly agents: ObservedAgents;
  readonly self: SelfWatch;
  readonly driver: FenceDriver | null;
  readonly logger: Logger;
}

type Power = ReadonlyMap<string, 'up' | 'down'>;

/** Looks at all machines and submits what it saw, where that is news; what follows from it is the domain's to decide. */
export class Watcher {
  readonly #parts: WatcherParts;
  #well: boolean | null = null;
  #driverWell = true;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
  }

  async look(): Promise<void> {
    const { runtime, agents, self } = this.#parts;
    self.pulse();
    if (!this.#isWell()) return;
    const watched = await runtime.read(watchedMachines);
    const power = await this.#power(watched.filter((one) => one.inService && this.#isSilent(one)));
    // A pause while the driver was asked is seen by this pulse.
    self.pulse();
    const sightings = watched.map(({ uid, name }): Sighting => ({
      machineUid: uid,
      heardMs: agents.heardMs(uid),
      power: power.get(name) ?? 'unknown',
    }));
    agents.noteUp(new Set(sightings.filter((one) => one.power === 'up').map((one) => one.machineUid)));
    const observation = { observer: self.health(), sightings };
    const command = await runtime.read((state) => observeIfNews(state, observation, runtime.now()));
    if (command === null) return;
    await runtime.submit(command, { commandId: `watch:${randomUUID()}`, actor: 'system:machine' });
  }

  #isSilent({ uid, leaseMs }: Watched): boolean {
    const heardMs = this.#parts.agents.heardMs(uid);
    return heardMs === null || heardMs > leaseMs;
  }

  /** Of silent machines. A driver that does not answer shows nothing. */
  async #power(silent: readonly Watched[]): Promise<Power> {
    const { driver, logger } = this.#parts;
    if (driver === null || silent.length === 0) return new Map();
    try {
      const power = await driver.power(silent.map(({ name }) => name));
      this.#driverWell = true;
      return power;
    } catch (error) {
      if (this.#driverWell) logger.warn({ err: error }, 'the fence driver cannot tell which machines are up');
      this.#driverWell = false;
      return new Map();
    }
  }

  #isWell(): boolean {
    const health = this.#parts.self.health();
    const well = hearingMs(health) >= 0;
    if (well !== this.#well) {
      const message = well ? 'silence counts from now on' : 'silence does not count: this observer is not well';
      this.#parts.logger.info({ ...health }, message);
    }
    this.#well = well;
    return well;
  }
}
