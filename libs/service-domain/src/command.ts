import type { BindJournal } from './agent/bind-journal.ts';
import type { CloseMachine } from './agent/close-machine.ts';
import type { ChangeData } from './data/change.ts';
import type { Advance } from './deploy/advance.ts';
import type { Tick } from './deploy/deadline.ts';
import type { RecordStateReport } from './deploy/record-state-report.ts';
import type { RecordStepReport } from './deploy/record-step-report.ts';
import type { ApplyGroup } from './group/apply.ts';
import type { DestroyGroup } from './group/destroy.ts';
import type { PushProgram } from './program/push.ts';
import type { ScaleService } from './service/scale.ts';
import type { ElectLeader } from './leader/elect.ts';
import type { Reseed } from './leader/reseed.ts';
import type { StepDown } from './leader/step-down.ts';
import type { NoteEvacuation, OfferReplacement, WithdrawOffer } from './move/offer.ts';
import type { RecordFence } from './move/fence.ts';
import type { ChangeDeployment } from './rollout/verbs.ts';
import type { RestartService } from './service/restart.ts';
import type { SetConfig } from './service/set-config.ts';
import type { UpgradeService } from './service/upgrade.ts';
import type { BindUnit } from './unit/bind.ts';
import type { NotePlacement } from './unit/placement-waits.ts';
import type { ChangeUnit } from './unit/verb.ts';

/** Everything that may be asked of context `service`: by people, by other contexts' events, by agents, by time, by itself. */
export type ServiceCommand =
  | PushProgram
  | ApplyGroup
  | DestroyGroup
  | ScaleService
  | SetConfig
  | UpgradeService
  | RestartService
  | ChangeDeployment
  | ElectLeader
  | StepDown
  | Reseed
  | OfferReplacement
  | NoteEvacuation
  | WithdrawOffer
  | RecordFence
  | ChangeUnit
  | ChangeData
  | BindUnit
  | NotePlacement
  | CloseMachine
  | BindJournal
  | RecordStepReport
  | RecordStateReport
  | Tick
  | Advance;
