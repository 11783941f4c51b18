import type { Log } from '../log/index.ts';
import { isAlive } from '../proc/index.ts';
import type { Work } from '../work/index.ts';
import type { UnitHost } from './host.ts';
import type { UnitRuntime } from './runtime.ts';

/**
 * Takes over the units at the agent's start. In the same boot they simply run on. After another one none runs: those that
 * did are due, and where another incarnation may run elsewhere by now (fencing is not `none`) they wait for their owner.
 */
export const adoptUnits = async (host: UnitHost, { booted }: { readonly booted: boolean }): Promise<void> => {
  for (const unit of host.units()) {
    const { record } = unit;
    // Alive by pid, start time and the kernel's own boot id: whatever boot the machine claims, there is no second copy.
    const lives = record.process !== null && isAlive(record.process.identity);
    if (!booted || lives) await unit.adopt(record.wanted === 'running' && !record.bootDue);
    else await lieDown(unit);
  }
};

const lieDown = async (unit: UnitRuntime): Promise<void> => {
  const due = unit.record.wanted === 'running' || unit.record.bootDue;
  const waits = due && unit.manifest().fencing !== 'none';
  unit.save({
    process: null,
    startedAt: null,
    ready: false,
    gaveUp: null,
    bootDue: due,
    held: waits ? 'waits for its owner: the machine booted' : null,
  });
  await unit.adopt(false);
};

/** Starts what is due and needs nobody's word, each in its turn; not what a newer incarnation on this machine replaced. */
export const startDue = (host: UnitHost, work: Work, log: Log): void => {
  for (const unit of host.units()) {
    const { bootDue, command, unit: name } = unit.record;
    if (!bootDue || unit.manifest().fencing !== 'none' || host.isOutgranted(unit)) continue;
    log.info('unit is started after the boot', { unit: name });
    work.addOwn({ ...command, step: 'start', reason: 'boot', changed: [] }, (message) => {
      log.error('unit did not start after the boot', { unit: name, error: message });
      if (!unit.isRunning()) unit.save({ held: `start after the boot failed: ${message}`.slice(0, 400) });
    });
  }
};

/** Stops every unit for an announced power-off: hook stop, then the process, the youngest first. All are due at the next boot. */
export const stopForPowerOff = async (host: UnitHost, work: Work, log: Log): Promise<void> => {
  const running = host.units().filter((unit) => unit.record.wanted === 'running' || unit.isRunning());
  const startedAt = ({ record }: UnitRuntime): number => record.process?.startedAt ?? record.startedAt ?? 0;
  for (const unit of running.sort((left, right) => startedAt(right) - startedAt(left))) {
    const { command, unit: name } = unit.record;
    unit.save({ bootDue: true });
    work.addOwn({ ...command, step: 'stop', reason: 'boot', changed: [] }, (message) => {
      log.error('unit did not stop as it should', { unit: name, error: message });
    });
  }
  await work.idle();
  // A failed hook leaves its process: the power goes all the same.
  await Promise.all(running.map((unit) => unit.supervisor.stop()));
};
