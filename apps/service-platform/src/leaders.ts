import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { Runtime } from '@yiqiu/context-runtime';
import { RefusedError } from '@yiqiu/kernel';
import type { Logger } from '@yiqiu/platform-kit';
import { changesSomething, isLed, membersOf } from '@yiqiu/service-domain';
import type { ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import type { ObservedUnits } from './observed.ts';

/** How often it is looked whether a service wants a leader, ms. */
const lookEveryMs = 500;

/**
 * Says to the domain who could lead, wherever that would change something: agents' answers are in memory, what is concluded
 * from them is decided, and in the log.
 */
export class LeaderKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    readonly runtime: Runtime<ServiceState, ServiceCommand>,
    readonly observed: ObservedUnits,
    readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#again();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => this.#again());
    }, lookEveryMs);
  }

  async #look(): Promise<void> {
    if (this.runtime.status().phase !== 'leading') return;
    try {
      const now = Date.now();
      const elections = await this.runtime.read((state) => electionsOf(state, this.observed, now));
      for (const command of elections) {
        const commandId = `elect:${crypto.randomUUID()}`;
        await this.runtime.submit(command, { commandId, actor: 'system:service' });
      }
    } catch (error) {
      // Not leading any more, or too busy: looked at again in a moment.
      const kind = error instanceof RefusedError ? error.error.kind : null;
      if (kind !== 'unavailable' && kind !== 'exhausted') this.logger.error({ err: error }, 'leaders');
    }
  }
}

/** What would change something if it were said now. */
export const electionsOf = (state: ServiceState, observed: ObservedUnits, now: number): ServiceCommand[] =>
  [...state.services.values()]
    .filter((service) => isLed(state, service))
    .map((service): ServiceCommand => {
      const candidates = membersOf(state, service.uid).flatMap(({ uid }) => observed.candidate(uid) ?? []);
      const leader = service.leader.now;
      const downSince = leader === null ? null : observed.downSince(leader.unitUid, leader.incarnation);
      return { type: 'ElectLeader', data: { serviceUid: service.uid, candidates, downSince } };
    })
    .filter((command) => changesSomething(state, command, now));
