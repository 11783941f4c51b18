import type { EventEnvelope, Reaction } from '@yiqiu/kernel';
import type { ServiceCommand } from './command.ts';
import type { Advance } from './deploy/advance.ts';
import { isInTurns } from './deploy/news.ts';
import { nextMove } from './deploy/next-move.ts';
import type { ServiceEnvelope } from './events.ts';
import { asServiceEvent } from './events.ts';
import { verdictOf } from './operation/verdict.ts';
import { relationsOfProvider, relationsOfRequirer } from './relation/index-relation.ts';
import type { ServiceState } from './state.ts';
import { groupNamed, unitsOn } from './state.ts';
import type { UnitRow } from './unit/state.ts';

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
    case 'StepSucceeded':
    case 'StepFailed':
    case 'StepSkipped':
    case 'UnitReady':
    case 'UnitStopped':
    case 'UnitStopRequested':
    case 'UnitStartRequested':
    case 'UnitHealthChanged':
    case 'UnitDrained':
    case 'UnitUpdateRequested':
    case 'UnitSwitched':
    case 'UnitFenced':
    case 'UnitMigrated':
    case 'ReplacementOffered':
    case 'OfferWithdrawn':
    case 'EvacuationCancelled':
      return unitAdvance(state, event.data.uid);
    case 'StepIssued':
      return event.data.step === 'restart' ? around(state, state.units.get(event.data.uid)?.serviceUid) : [];
    case 'UnitRemoved':
      return [
        ...around(state, event.data.serviceUid),
        ...settled(state, [event.data.uid, event.data.serviceUid, groupUidOf(state, event.data.unit)]),
      ];
    case 'ServiceRemoveRequested':
      return around(state, event.data.uid);
    case 'ConfigRevised':
    case 'ServiceRevised':
    case 'LeaderChanged':
    case 'StepDownGivenUp':
      return around(state, event.data.uid);
    case 'RelationAdded':
      return serviceAdvance(state, event.data.requirer.serviceUid);
    // A home is free, a way to a requirer gone: rare enough to look everywhere.
    case 'UnitCopyRemoved':
    case 'RelationRemoved':
      return everyService(state);
    case 'RelationDataSet':
      return around(state, event.data.serviceUid);
    case 'VirtualServiceSet':
      return around(state, event.data.uid);
    case 'DeploymentStarted':
    case 'DeploymentResumed':
    case 'DeploymentRollingBack':
      return serviceAdvance(state, event.data.serviceUid);
    case 'DeploymentPaused':
    case 'DeploymentFinished':
      return settled(state, [event.data.serviceUid, state.services.get(event.data.serviceUid)?.groupUid ?? '']);
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

/** The unit's next step; then what its service, those that require it, and the operations on it make of what it is now. */
const unitAdvance = (state: ServiceState, uid: string): Advance[] => {
  const unit = state.units.get(uid);
  if (unit === undefined) return [];
  const move = nextMove(state, unit);
  const own: Advance[] = move.do === 'wait' || isInTurns(unit, move) ? [] : [{ type: 'AdvanceUnit', data: { uid } }];
  return [
    ...own,
    ...around(state, unit.serviceUid),
    ...drained(state, unit),
    ...(own.length > 0 || unit.step !== null ? [] : settled(state, [uid, unit.serviceUid, unit.groupUid])),
  ];
};

/** Units of providers that wait to be used no more. */
const drained = (state: ServiceState, { serviceUid }: UnitRow): Advance[] => {
  const providers = relationsOfRequirer(state, serviceUid).map(({ provider }) => provider.serviceUid);
  return [...new Set(providers)].flatMap((uid) => serviceAdvance(state, uid));
};

/** The service itself, and those that see it. */
const around = (state: ServiceState, serviceUid: string | undefined): Advance[] => {
  if (serviceUid === undefined) return [];
  const seers = relationsOfProvider(state, serviceUid).map(({ requirer }) => requirer.serviceUid);
  return [...new Set([serviceUid, ...seers])].flatMap((uid) => serviceAdvance(state, uid));
};

const serviceAdvance = (state: ServiceState, uid: string): Advance[] =>
  state.services.has(uid) ? [{ type: 'AdvanceService', data: { uid } }] : [];

const everyService = (state: ServiceState): Advance[] =>
  [...state.services.keys()].flatMap((uid) => serviceAdvance(state, uid));

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
