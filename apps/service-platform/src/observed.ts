import type { StateReport } from '@yiqiu/contracts';
import type { Observe, Observed } from '@yiqiu/service-domain';

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * What agents last said of their units. In memory only, since it is no fact of the log: after a restart it is unknown until
 * the next reports.
 */
export class ObservedUnits {
  /** By machine, so that a report replaces what the one before said. */
  readonly #byMachine = new Map<string, ReadonlyMap<string, Observed>>();
  readonly #machineOf = new Map<string, string>();

  readonly of: Observe = (unitUid) => this.#byMachine.get(this.#machineOf.get(unitUid) ?? '')?.get(unitUid) ?? null;

  note({ machineUid, units }: StateReport): void {
    for (const unitUid of this.#byMachine.get(machineUid)?.keys() ?? []) this.#machineOf.delete(unitUid);
    const rows = new Map<string, Observed>();
    for (const { unitUid, incarnation, process, ready, role, message, startedAt, observedAt } of units) {
      const known = rows.get(unitUid);
      if (known !== undefined && known.incarnation > incarnation) continue;
      const times = { startedAt: startedAt === null ? null : iso(startedAt), observedAt: iso(observedAt) };
      rows.set(unitUid, { incarnation, process, ready, role, message, ...times });
      this.#machineOf.set(unitUid, machineUid);
    }
    this.#byMachine.set(machineUid, rows);
  }

  /** The machine has left. */
  forget(machineUid: string): void {
    for (const unitUid of this.#byMachine.get(machineUid)?.keys() ?? []) this.#machineOf.delete(unitUid);
    this.#byMachine.delete(machineUid);
  }
}
