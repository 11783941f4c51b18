import { newQueue, placeOf } from '@yiqiu/agent-queue';
import type { ServiceContextEvent } from '@yiqiu/contracts';
import { unreachable } from '@yiqiu/kernel';
import type { EventOf } from '../events.ts';
import type { ServiceState } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import { deployStartMs, removalStartMs } from './budget.ts';
import type { Move } from './next-move.ts';

/** Steps issued before in the same decision, by machine uid: queue numbers go on from them. */
export class Ahead {
  readonly #issued = new Map<string, number>();

  take(machineUid: string): number {
    const before = this.#issued.get(machineUid) ?? 0;
    this.#issued.set(machineUid, before + 1);
    return before;
  }
}

/** Puts a step into the queue of the unit's machine. Throws where the unit has none. */
export const stepIssued = (
  state: ServiceState,
  unit: UnitRow,
  move: Extract<Move, { do: 'issue' }>,
  now: number,
  ahead: Ahead,
): EventOf<'StepIssued'> => {
  if (unit.binding === null) throw new Error(`${unit.name} has no machine to do ${move.step} on`);
  const { machineUid } = unit.binding;
  const place = placeOf(state.queues.get(machineUid) ?? newQueue(machineUid), ahead.take(machineUid));
  const startMs = move.step === 'stop' || move.step === 'remove' ? removalStartMs : deployStartMs;
  return {
    stream: `unit/${unit.uid}`,
    type: 'StepIssued',
    version: 1,
    data: {
      uid: unit.uid,
      unit: unit.name,
      incarnation: unit.incarnation,
      machineUid,
      step: move.step,
      ...place,
      reason: move.reason,
      changed: [...move.changed],
      startBy: now + startMs,
    },
  };
};

export const unitRemoved = (unit: UnitRow): EventOf<'UnitRemoved'> => ({
  stream: `unit/${unit.uid}`,
  type: 'UnitRemoved',
  version: 1,
  data: {
    uid: unit.uid,
    unit: unit.name,
    serviceUid: unit.serviceUid,
    incarnation: unit.incarnation,
    container: unit.binding?.container ?? null,
    requestId: unit.requestId,
  },
});

/** The event that a move is, or none. */
export const moveEvents = (
  state: ServiceState,
  unit: UnitRow,
  move: Move,
  now: number,
  ahead: Ahead,
): ServiceContextEvent[] => {
  const stream = `unit/${unit.uid}`;
  const named = { uid: unit.uid, unit: unit.name };
  switch (move.do) {
    case 'issue':
      return [stepIssued(state, unit, move, now, ahead)];
    case 'ready': {
      const container = unit.binding?.container;
      if (container === undefined) throw new Error(`${unit.name} is ready without a container`);
      const data = { ...named, serviceUid: unit.serviceUid, incarnation: unit.incarnation, container };
      return [{ stream, type: 'UnitReady', version: 1, data }];
    }
    case 'stopped':
      return [{ stream, type: 'UnitStopped', version: 1, data: { ...named, incarnation: unit.incarnation } }];
    case 'removed':
      return [unitRemoved(unit)];
    case 'wait':
      return [];
    default:
      return unreachable(move, 'move');
  }
};
