import type { StateReport } from '@yiqiu/contracts';
import type { Candidate, Observe, Observed } from '@yiqiu/service-domain';

const iso = (ms: number): string => new Date(ms).toISOString();

/** What one unit's agent last said of it. Times in ms of this process's clock, so that agents' clocks do not matter. */
interface Row extends Observed {
  readonly candidate: Omit<Candidate, 'unitUid'> | null;
  /** Since when its process has been reported as not running; null: it runs. */
  readonly downSince: number | null;
}

/**
 * What agents last said of their units. In memory only, since it is no fact of the log: after a restart it is unknown until
 * the next reports. Bounded by the units that agents report.
 */
export class ObservedUnits {
  /** By machine, so that a report replaces what the one before said. */
  readonly #byMachine = new Map<string, ReadonlyMap<string, Row>>();
  readonly #machineOf = new Map<string, string>();
  /** The kinds of questions that a machine's agent says it answers. */
  readonly #answers = new Map<string, readonly string[]>();

  constructor(readonly now: () => number = Date.now) {}

  readonly of: Observe = (unitUid) => this.#row(unitUid);

  note({ machineUid, sentAt, units, answers }: StateReport): void {
    const before = this.#byMachine.get(machineUid);
    this.forget(machineUid);
    this.#answers.set(machineUid, answers);
    const rows = new Map<string, Row>();
    const receivedAt = this.now();
    for (const unit of units) {
      const { unitUid, incarnation, process, ready, role, message, startedAt, observedAt, eligible } = unit;
      const known = rows.get(unitUid);
      if (known !== undefined && known.incarnation > incarnation) continue;
      const isDown = process === 'stopped' || process === 'gave-up' || process === 'starting';
      const earlier = before?.get(unitUid);
      const downSince = earlier?.incarnation === incarnation ? earlier.downSince : null;
      rows.set(unitUid, {
        ...{ incarnation, process, ready, role, message },
        startedAt: startedAt === null ? null : iso(startedAt),
        observedAt: iso(observedAt),
        candidate:
          eligible === null
            ? null
            : { incarnation, ok: eligible.ok, rank: eligible.rank, at: receivedAt - (sentAt - eligible.observedAt) },
        downSince: isDown ? (downSince ?? receivedAt) : null,
      });
      // A newer incarnation may be reported from elsewhere already.
      if ((this.#row(unitUid)?.incarnation ?? 0) <= incarnation) this.#machineOf.set(unitUid, machineUid);
    }
    this.#byMachine.set(machineUid, rows);
  }

  candidate(unitUid: string): Candidate | null {
    const candidate = this.#row(unitUid)?.candidate ?? null;
    return candidate === null ? null : { unitUid, ...candidate };
  }

  /** Since when a unit's process has been reported as not running, ms; null: it runs, or nobody says anything. */
  downSince(unitUid: string, incarnation: number): number | null {
    const row = this.#row(unitUid);
    return row?.incarnation === incarnation ? row.downSince : null;
  }

  /** Null where its agent has not reported to this process yet. */
  answersOf(machineUid: string): readonly string[] | null {
    return this.#answers.get(machineUid) ?? null;
  }

  /** The machine has left, or says something new. */
  forget(machineUid: string): void {
    for (const unitUid of this.#byMachine.get(machineUid)?.keys() ?? []) {
      if (this.#machineOf.get(unitUid) === machineUid) this.#machineOf.delete(unitUid);
    }
    this.#byMachine.delete(machineUid);
    this.#answers.delete(machineUid);
  }

  #row(unitUid: string): Row | null {
    return this.#byMachine.get(this.#machineOf.get(unitUid) ?? '')?.get(unitUid) ?? null;
  }
}
