import { newQueue, placeOf } from '@yiqiu/agent-queue';
import type { ServiceContextEvent, UnitStep } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import { unreachable } from '@yiqiu/kernel';
import type { EventOf } from '../events.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf } from '../state.ts';
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
      ...(move.relation === undefined ? {} : { relation: move.relation }),
      ...(move.member === undefined ? {} : { member: move.member }),
    },
  };
};

export const unitRemoved = (unit: UnitRow): EventOf<'UnitRemoved'> => ({
  stream: `unit/${unit.uid}`,
  type: 'UnitRemoved',
  version: 2,
  data: {
    uid: unit.uid,
    unit: unit.name,
    serviceUid: unit.serviceUid,
    incarnation: unit.incarnation,
    container: unit.binding?.container ?? null,
    requestId: unit.requestId,
    confirmed: unit.gone || unit.fenced || unit.lastCommand === null,
  },
});

/** What was left of it is gone: its container may be released. */
export const copyRemoved = ({ agentUid, uid, name, incarnation, binding }: UnitRow): EventOf<'UnitCopyRemoved'>[] =>
  binding === null
    ? []
    : [
        {
          stream: `unit/${agentUid}`,
          type: 'UnitCopyRemoved',
          version: 1,
          data: { uid: agentUid, unit: name, copy: uid, incarnation, container: binding.container },
        },
      ];

/** The events that a move is, or none. */
export const moveEvents = (
  state: ServiceState,
  unit: UnitRow,
  move: Move,
  ctx: Pick<Ctx, 'now' | 'uuid'>,
  ahead: Ahead,
): ServiceContextEvent[] => {
  const stream = `unit/${unit.uid}`;
  const named = { uid: unit.uid, unit: unit.name };
  switch (move.do) {
    case 'issue':
      return [...seedChosen(state, unit, move.step), stepIssued(state, unit, move, ctx.now, ahead)];
    case 'errand': {
      const { on, move: errand } = move.errand;
      return [stepIssued(state, on, errand, ctx.now, ahead)];
    }
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
    case 'migrate':
      return movedEvents(unit, ctx.uuid());
    case 'switch': {
      const { update } = unit;
      if (update === null) throw new Error(`${unit.name} has no version to switch to`);
      const { programUid, reason } = update;
      const data = { ...named, incarnation: unit.incarnation, programUid, reason };
      return [{ stream, type: 'UnitSwitched', version: 1, data }];
    }
    case 'wait':
      return [];
    default:
      return unreachable(move, 'move');
  }
};

/** What never got a command on its old machine left nothing there: its old container is free at once. */
const movedEvents = (unit: UnitRow, copy: string): ServiceContextEvent[] => {
  const migrated = unitMigrated(unit, copy);
  return unit.lastCommand === null ? [migrated, ...copyRemoved({ ...unit, uid: copy })] : [migrated];
};

const unitMigrated = (unit: UnitRow, copy: string): EventOf<'UnitMigrated'> => {
  const { uid, name, serviceUid, incarnation, binding, offer } = unit;
  if (binding === null || offer === null) throw new Error(`${name} has nowhere to move`);
  const { container, machineUid, machine } = binding;
  const from = { container, machineUid, machine, incarnation, copy };
  const to = { ...offer.binding, incarnation: offer.incarnation };
  const data = { uid, unit: name, serviceUid, requestId: offer.requestId, from, to };
  return { stream: `unit/${uid}`, type: 'UnitMigrated', version: 1, data };
};

/** The first unit of a service that is ever installed begins its data; no other ever does, unless a person says so. */
const seedChosen = (state: ServiceState, unit: UnitRow, step: UnitStep): EventOf<'SeedChosen'>[] => {
  const service = state.services.get(unit.serviceUid);
  if (step !== 'install' || service === undefined || service.seed !== null) return [];
  const { data: directories, hooks } = manifestOf(state, unit.programUid);
  if (directories.length === 0 && hooks['init'] === undefined) return [];
  const { uid, name } = service;
  const data = { uid, name, unitUid: unit.uid, unit: unit.name, reason: null };
  return [{ stream: `service/${uid}`, type: 'SeedChosen', version: 1, data }];
};
