import type { JoinAgent, RecordHello, RecordJournal } from './agent/agent.ts';
import type { DeclareDead } from './fence/declare-dead.ts';
import type { RecordFence } from './fence/record.ts';
import type { CreateInitStrategy } from './init-strategy/index.ts';
import type { AddMachine } from './machine/add.ts';
import type { ChangeMachine } from './machine/change.ts';
import type { LabelMachine, SetMaintenance } from './machine/describe.ts';
import type { RecordInitResult } from './machine/init-result.ts';
import type { MigrateUnit } from './machine/migrate-unit.ts';
import type { CancelOffline, CompleteOffline } from './machine/offline.ts';
import type { ContinueInit } from './machine/provision.ts';
import type { Tick } from './machine/tick.ts';
import type { CreatePool, DeletePool, ResumePool } from './pool/index.ts';
import type { CloseTicket } from './ticket/ticket.ts';
import type { ObserveMachines } from './watch/observe.ts';

export type MachineCommand =
  | CreatePool
  | DeletePool
  | ResumePool
  | CreateInitStrategy
  | AddMachine
  | ChangeMachine
  | LabelMachine
  | SetMaintenance
  | JoinAgent
  | RecordHello
  | RecordJournal
  | ContinueInit
  | RecordInitResult
  | MigrateUnit
  | CompleteOffline
  | CancelOffline
  | ObserveMachines
  | RecordFence
  | DeclareDead
  | CloseTicket
  | Tick;
