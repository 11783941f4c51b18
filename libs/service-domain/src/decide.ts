import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Ctx, Decision } from '@yiqiu/kernel';
import { unreachable } from '@yiqiu/kernel';
import { bindAgentJournal } from './agent/bind-journal.ts';
import { closeMachine } from './agent/close-machine.ts';
import type { ServiceCommand } from './command.ts';
import { changeData } from './data/change.ts';
import { advanceGroup, advanceService, advanceUnit, settleOperation } from './deploy/advance.ts';
import { tickDeadlines } from './deploy/deadline.ts';
import { recordStateReport } from './deploy/record-state-report.ts';
import { recordStepReport } from './deploy/record-step-report.ts';
import { applyGroup } from './group/apply.ts';
import { destroyGroup } from './group/destroy.ts';
import { electLeader } from './leader/elect.ts';
import { reseedService } from './leader/reseed.ts';
import { stepDownService } from './leader/step-down.ts';
import { recordFence } from './move/fence.ts';
import { noteEvacuation, offerReplacement, withdrawOffer } from './move/offer.ts';
import { changeDeployment } from './rollout/verbs.ts';
import { restartService } from './service/restart.ts';
import { upgradeService } from './service/upgrade.ts';
import { pushProgram } from './program/push.ts';
import { scaleService } from './service/scale.ts';
import { setConfig } from './service/set-config.ts';
import type { ServiceState } from './state.ts';
import { bindUnit } from './unit/bind.ts';
import { notePlacement } from './unit/placement-waits.ts';
import { changeUnitByVerb } from './unit/verb.ts';

/** Where each command is decided. */
export const decide = (state: ServiceState, command: ServiceCommand, ctx: Ctx): Decision<ServiceContextEvent> => {
  switch (command.type) {
    case 'PushProgram':
      return pushProgram(state, command, ctx);
    case 'ApplyGroup':
      return applyGroup(state, command, ctx);
    case 'DestroyGroup':
      return destroyGroup(state, command, ctx);
    case 'ScaleService':
      return scaleService(state, command, ctx);
    case 'SetConfig':
      return setConfig(state, command, ctx);
    case 'UpgradeService':
      return upgradeService(state, command, ctx);
    case 'RestartService':
      return restartService(state, command, ctx);
    case 'ChangeDeployment':
      return changeDeployment(state, command);
    case 'ElectLeader':
      return electLeader(state, command, ctx);
    case 'StepDown':
      return stepDownService(state, command);
    case 'Reseed':
      return reseedService(state, command);
    case 'OfferReplacement':
      return offerReplacement(state, command);
    case 'NoteEvacuation':
      return noteEvacuation(state, command);
    case 'WithdrawOffer':
      return withdrawOffer(state, command);
    case 'RecordFence':
      return recordFence(state, command);
    case 'ChangeData':
      return changeData(state, command, ctx);
    case 'ChangeUnit':
      return changeUnitByVerb(state, command, ctx);
    case 'BindUnit':
      return bindUnit(state, command);
    case 'NotePlacement':
      return notePlacement(state, command);
    case 'CloseMachine':
      return closeMachine(state, command);
    case 'BindJournal':
      return bindAgentJournal(state, command, ctx);
    case 'RecordStepReport':
      return recordStepReport(state, command, ctx);
    case 'RecordStateReport':
      return recordStateReport(state, command, ctx);
    case 'Tick':
      return tickDeadlines(state, command);
    case 'AdvanceUnit':
      return advanceUnit(state, command.data.uid, ctx);
    case 'AdvanceService':
      return advanceService(state, command.data.uid, ctx);
    case 'AdvanceGroup':
      return advanceGroup(state, command.data.uid);
    case 'SettleOperation':
      return settleOperation(state, command.data.uid);
    default:
      return unreachable(command, 'command');
  }
};
