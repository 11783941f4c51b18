import type { EventEnvelope, Reaction } from '@yiqiu/kernel';
import type { ServiceCommand } from './command.ts';
import type { Advance } from './deploy/advance.ts';
import { rolloutMove } from './deploy/config-rollout.ts';
import { nextMove } from './deploy/next-move.ts';
import type { ServiceEnvelope } from './events.ts';
import { asServiceEvent } from './events.ts';
import { verdictOf } from './operation/verdict.ts';
import { unitDifference } from './service/reconcile.ts';
import type { ServiceRow } from './service/state.ts';
import type { ServiceState } from './state.ts';
import { groupNamed, liveUnitsOf, tallyOf, unitsOf, unitsOn } from './state.ts';

/**
 * What the context answers to its own events: whatever can go on now, does. Only commands that have something to do are
 * made; each finds that out anew, so an order of events that made one needless does no harm.
 */
export const react = (state: ServiceState, envelope: EventEnvelope): readonly Reaction<ServiceCommand>[] =>
  advances(state, asServiceEvent(envelope)).map((command) => ({ command, ifRefused: 'halt' }));

const advances = (state: ServiceState, event: ServiceEnvelope): Advance[] => {
  switch (event.type) {
    case 'UnitBound':
    case 'UnitPlacementWaits':
    case 'UnitLeaving':
      return [...unitAdvance(state, event.data.uid), ...fellowAdvances(state, event.data.uid)];
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepSkipped':
    case 'UnitReady':
    case 'UnitStopped':
    case 'UnitStopRequested':
    case 'UnitStartRequested':
    case 'UnitHealthChanged':
      return unitAdvance(state, event.data.uid);
    case 'UnitRemoved':
      return [
        ...wake(state, event.data.serviceUid),
        ...serviceAdvance(state, event.data.serviceUid),
        ...settled(state, [event.data.uid, event.data.serviceUid, groupUidOf(state, event.data.unit)]),
      ];
    case 'ServiceRemoveRequested':
    case 'ConfigRevised':
      return serviceAdvance(state, event.data.uid);
    case 'ServiceRemoved': {
      const groupUid = groupUidOf(state, event.data.name);
      return [...groupAdvance(state, groupUid), ...settled(state, [event.data.uid, groupUid])];
    }
    case 'GroupDestroyRequested':
      return groupAdvance(state, event.data.uid);
    case 'GroupRemoved':
      return settled(state, [event.data.uid]);
    case 'AgentJournalReset':
      return unitsOn(state, event.data.machineUid).flatMap(({ uid }) => unitAdvance(state, uid));
    default:
      return [];
  }
};

const groupUidOf = (state: ServiceState, name: string): string =>
  groupNamed(state, name.slice(0, name.indexOf('/')))?.uid ?? '';

/** The unit's next step; where there is none, what its service and the operations on it make of that. */
const unitAdvance = (state: ServiceState, uid: string): Advance[] => {
  const unit = state.units.get(uid);
  if (unit === undefined) return [];
  if (nextMove(state, unit).do !== 'wait') return [{ type: 'AdvanceUnit', data: { uid } }];
  if (unit.step !== null) return [];
  return [...serviceAdvance(state, unit.serviceUid), ...settled(state, [uid, unit.serviceUid, unit.groupUid])];
};

/** Units that wait for this one's place to be known. */
const fellowAdvances = (state: ServiceState, uid: string): Advance[] => {
  const unit = state.units.get(uid);
  return unit === undefined ? [] : wake(state, unit.serviceUid);
};

const wake = (state: ServiceState, serviceUid: string): Advance[] => {
  if (tallyOf(state, serviceUid).unplaced > 0) return [];
  return liveUnitsOf(state, serviceUid)
    .filter((unit) => unit.stage === 'start' && unit.step === null && nextMove(state, unit).do !== 'wait')
    .map(({ uid }) => ({ type: 'AdvanceUnit', data: { uid } }));
};

const serviceAdvance = (state: ServiceState, uid: string): Advance[] => {
  const service = state.services.get(uid);
  return service !== undefined && needsAdvance(state, service) ? [{ type: 'AdvanceService', data: { uid } }] : [];
};

const needsAdvance = (state: ServiceState, service: ServiceRow): boolean => {
  if (service.removing) return unitsOf(state, service.uid).every(({ ghost }) => ghost);
  if (tallyOf(state, service.uid).live !== service.desired) {
    const { add, remove } = unitDifference(state, service, service.desired);
    if (add.length > 0 || remove.length > 0) return true;
  }
  return rolloutMove(state, service) !== null;
};

const groupAdvance = (state: ServiceState, uid: string): Advance[] =>
  state.groups.get(uid)?.destroying != null && !state.index.servicesOfGroup.has(uid)
    ? [{ type: 'AdvanceGroup', data: { uid } }]
    : [];

/** Operations on these targets whose end has come. */
const settled = (state: ServiceState, targets: readonly string[]): Advance[] =>
  targets
    .flatMap((target) => [...(state.index.runningOn.get(target) ?? [])])
    .filter((uid) => {
      const operation = state.operations.get(uid);
      return operation !== undefined && verdictOf(state, operation) !== null;
    })
    .map((uid) => ({ type: 'SettleOperation', data: { uid } }));
