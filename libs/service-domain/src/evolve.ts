import type { EventEnvelope } from '@yiqiu/kernel';
import { unreachable } from '@yiqiu/kernel';
import { enqueueStep, evolveJournalBound, evolveJournalReset, evolveQueueClosed, settleStep } from './agent/evolve.ts';
import {
  evolveDataChangeFailed,
  evolveDataChangeIssued,
  evolveDataChangeRequested,
  evolveDataGone,
  evolveDataOrphaned,
} from './data/evolve.ts';
import { asServiceEvent } from './events.ts';
import {
  evolveGroupApplied,
  evolveGroupCreated,
  evolveGroupDestroyRequested,
  evolveGroupRemoved,
} from './group/evolve.ts';
import {
  evolveLeaderChanged,
  evolveLeaderLost,
  evolveSeedChosen,
  evolveStepDownGivenUp,
  evolveStepDownRequested,
} from './leader/evolve.ts';
import {
  evolveEvacuationCancelled,
  evolveOfferWithdrawn,
  evolveReplacementOffered,
  evolveUnitFenced,
  evolveUnitMigrated,
} from './move/evolve.ts';
import { evolveOperationFinished, evolveOperationStarted } from './operation/evolve.ts';
import { evolveProgramPushed } from './program/evolve.ts';
import {
  evolveRelationAdded,
  evolveRelationDataSet,
  evolveRelationRemoved,
  evolveVirtualServiceRemoved,
  evolveVirtualServiceSet,
} from './relation/evolve.ts';
import {
  evolveDeploymentFinished,
  evolveDeploymentPaused,
  evolveDeploymentResumed,
  evolveDeploymentRollingBack,
  evolveDeploymentStarted,
} from './rollout/evolve.ts';
import {
  evolveConfigRevised,
  evolveServiceCreated,
  evolveServiceRemoved,
  evolveServiceRemoveRequested,
  evolveServiceRevised,
  evolveServiceScaled,
} from './service/evolve.ts';
import type { ServiceState } from './state.ts';
import {
  evolveHealthChanged,
  evolvePlacementWaits,
  evolveStartRequested,
  evolveStepFailed,
  evolveStepIssued,
  evolveStepSkipped,
  evolveStepSucceeded,
  evolveStopRequested,
  evolveUnitBound,
  evolveUnitDrained,
  evolveUnitLeaving,
  evolveUnitReady,
  evolveUnitRemoved,
  evolveUnitRequested,
  evolveUnitStopped,
  evolveUnitSwitched,
  evolveUpdateRequested,
} from './unit/evolve.ts';

/** Folds one event. Throws on a type or version that the catalogue does not have. */
export const evolve = (state: ServiceState, envelope: EventEnvelope): void => {
  const event = asServiceEvent(envelope);
  switch (event.type) {
    case 'ProgramPushed':
      return evolveProgramPushed(state, event);
    case 'GroupCreated':
      return evolveGroupCreated(state, event);
    case 'GroupApplied':
      return evolveGroupApplied(state, event);
    case 'GroupDestroyRequested':
      return evolveGroupDestroyRequested(state, event);
    case 'GroupRemoved':
      return evolveGroupRemoved(state, event);
    case 'ServiceCreated':
      return evolveServiceCreated(state, event);
    case 'ServiceRevised':
      return evolveServiceRevised(state, event);
    case 'ServiceScaled':
      return evolveServiceScaled(state, event);
    case 'ConfigRevised':
      return evolveConfigRevised(state, event);
    case 'ServiceRemoveRequested':
      return evolveServiceRemoveRequested(state, event);
    case 'ServiceRemoved':
      return evolveServiceRemoved(state, event);
    case 'UnitRequested':
      return evolveUnitRequested(state, event);
    case 'UnitPlacementWaits':
      return evolvePlacementWaits(state, event);
    case 'UnitBound':
      return evolveUnitBound(state, event);
    case 'StepIssued':
      enqueueStep(state, event);
      return evolveStepIssued(state, event);
    case 'StepSucceeded':
      settleStep(state, event);
      return evolveStepSucceeded(state, event);
    case 'StepFailed':
      settleStep(state, event);
      return evolveStepFailed(state, event);
    case 'StepSkipped':
      return evolveStepSkipped(state, event);
    case 'UnitReady':
      return evolveUnitReady(state, event);
    case 'UnitHealthChanged':
      return evolveHealthChanged(state, event);
    case 'UnitLeaving':
      return evolveUnitLeaving(state, event);
    case 'UnitStopRequested':
      return evolveStopRequested(state, event);
    case 'UnitStartRequested':
      return evolveStartRequested(state, event);
    case 'UnitStopped':
      return evolveUnitStopped(state, event);
    case 'UnitRemoved':
      return evolveUnitRemoved(state, event);
    case 'UnitDrained':
      return evolveUnitDrained(state, event);
    case 'UnitUpdateRequested':
      return evolveUpdateRequested(state, event);
    case 'UnitSwitched':
      return evolveUnitSwitched(state, event);
    case 'ReplacementOffered':
      return evolveReplacementOffered(state, event);
    case 'OfferWithdrawn':
      return evolveOfferWithdrawn(state, event);
    case 'EvacuationCancelled':
      return evolveEvacuationCancelled(state, event);
    case 'UnitFenced':
      return evolveUnitFenced(state, event);
    case 'UnitMigrated':
      return evolveUnitMigrated(state, event);
    // They tell the resource layer; nothing of ours changes.
    case 'UnitCopyRemoved':
    case 'ContainerDeclined':
      return;
    case 'SeedChosen':
      return evolveSeedChosen(state, event);
    case 'LeaderChanged':
      return evolveLeaderChanged(state, event);
    case 'LeaderLost':
      return evolveLeaderLost(state, event);
    case 'StepDownRequested':
      return evolveStepDownRequested(state, event);
    case 'StepDownGivenUp':
      return evolveStepDownGivenUp(state, event);
    case 'RelationAdded':
      return evolveRelationAdded(state, event);
    case 'RelationRemoved':
      return evolveRelationRemoved(state, event);
    case 'RelationDataSet':
      return evolveRelationDataSet(state, event);
    case 'VirtualServiceSet':
      return evolveVirtualServiceSet(state, event);
    case 'VirtualServiceRemoved':
      return evolveVirtualServiceRemoved(state, event);
    case 'DeploymentStarted':
      return evolveDeploymentStarted(state, event);
    case 'DeploymentPaused':
      return evolveDeploymentPaused(state, event);
    case 'DeploymentResumed':
      return evolveDeploymentResumed(state, event);
    case 'DeploymentRollingBack':
      return evolveDeploymentRollingBack(state, event);
    case 'DeploymentFinished':
      return evolveDeploymentFinished(state, event);
    case 'DataOrphaned':
      return evolveDataOrphaned(state, event);
    case 'DataChangeRequested':
      return evolveDataChangeRequested(state, event);
    case 'DataChangeIssued':
      return evolveDataChangeIssued(state, event);
    case 'DataChangeFailed':
      return evolveDataChangeFailed(state, event);
    case 'DataPurged':
    case 'DataAdopted':
    case 'DataForgotten':
      return evolveDataGone(state, event);
    case 'OperationStarted':
      return evolveOperationStarted(state, event);
    case 'OperationFinished':
      return evolveOperationFinished(state, event);
    case 'AgentJournalBound':
      return evolveJournalBound(state, event);
    case 'AgentJournalReset':
      return evolveJournalReset(state, event);
    case 'AgentQueueClosed':
      return evolveQueueClosed(state, event);
    default:
      return unreachable(event, 'event');
  }
};
