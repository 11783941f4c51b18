import type { MachineContextEvent } from '@yiqiu/contracts';
import { unreachable } from '@yiqiu/kernel';
import type { ContextDomain, Ctx, Decision, EventEnvelope, Reaction, Reactor } from '@yiqiu/kernel';
import { z } from 'zod';
import { joinAgent, recordHello, recordJournal } from './agent/agent.ts';
import { evolveQueue } from './agent/evolve.ts';
import type { MachineCommand } from './commands.ts';
import { asMachineEvent } from './events.ts';
import { declareDead } from './fence/declare-dead.ts';
import { recordFence } from './fence/record.ts';
import { createInitStrategy, evolveInitStrategy } from './init-strategy/index.ts';
import { addMachine } from './machine/add.ts';
import { changeMachine } from './machine/change.ts';
import { labelMachine, setMaintenance } from './machine/describe.ts';
import { evolveMachine } from './machine/evolve.ts';
import { recordInitResult } from './machine/init-result.ts';
import { migrateUnit } from './machine/migrate-unit.ts';
import { cancelOffline, completeOffline } from './machine/offline.ts';
import { continueInit } from './machine/provision.ts';
import { onlineByItself } from './machine/online.ts';
import { tick } from './machine/tick.ts';
import { createPool, deletePool, evolvePool, resumePool } from './pool/index.ts';
import { initialState, type MachineContextState } from './state.ts';
import { closeTicket, evolveTicket } from './ticket/ticket.ts';
import { restore, tables } from './tables.ts';
import { observeMachines } from './watch/observe.ts';

const decide = (state: MachineContextState, command: MachineCommand, ctx: Ctx): Decision<MachineContextEvent> => {
  switch (command.type) {
    case 'CreatePool':
      return createPool(state, command, ctx);
    case 'DeletePool':
      return deletePool(state, command);
    case 'ResumePool':
      return resumePool(state, command, ctx);
    case 'CreateInitStrategy':
      return createInitStrategy(state, command, ctx);
    case 'AddMachine':
      return addMachine(state, command, ctx);
    case 'ChangeMachine':
      return changeMachine(state, command, ctx);
    case 'LabelMachine':
      return labelMachine(state, command);
    case 'SetMaintenance':
      return setMaintenance(state, command, ctx);
    case 'JoinAgent':
      return joinAgent(state, command);
    case 'RecordHello':
      return recordHello(state, command);
    case 'RecordJournal':
      return recordJournal(state, command);
    case 'ContinueInit':
      return continueInit(state, command, ctx);
    case 'RecordInitResult':
      return recordInitResult(state, command, ctx);
    case 'MigrateUnit':
      return migrateUnit(state, command, ctx);
    case 'CompleteOffline':
      return completeOffline(state, command);
    case 'CancelOffline':
      return cancelOffline(state, command);
    case 'ObserveMachines':
      return observeMachines(state, command, ctx);
    case 'RecordFence':
      return recordFence(state, command, ctx);
    case 'DeclareDead':
      return declareDead(state, command, ctx);
    case 'CloseTicket':
      return closeTicket(state, command);
    case 'Tick':
      return tick(state, command, ctx);
  }
  return unreachable(command, 'machine command');
};

const evolve = (state: MachineContextState, envelope: EventEnvelope): void => {
  const event = asMachineEvent(envelope);
  switch (event.type) {
    case 'PoolCreated':
    case 'PoolDeleted':
    case 'PoolFrozen':
    case 'PoolThawed':
      return evolvePool(state, event);
    case 'InitStrategyRevised':
      return evolveInitStrategy(state, event);
    case 'TicketOpened':
    case 'TicketClosed':
      return evolveTicket(state, event);
    case 'AgentJournalBound':
    case 'AgentJournalReset':
    case 'AgentQueueClosed':
      return evolveQueue(state, event);
    default:
      return evolveMachine(state, event);
  }
};

/** What goes on by itself: initialisation step by step, and online where the pool says so. */
const react = (state: MachineContextState, envelope: EventEnvelope): readonly Reaction<MachineCommand>[] => {
  const event = asMachineEvent(envelope);
  switch (event.type) {
    case 'AgentSessionOpened':
    case 'MachineRepaired':
    case 'InitStarted':
    case 'InitStepSucceeded':
      return [{ command: { type: 'ContinueInit', data: { uid: event.data.uid } }, ifRefused: 'halt' }];
    case 'AgentJournalReset':
      return [{ command: { type: 'ContinueInit', data: { uid: event.data.machineUid } }, ifRefused: 'halt' }];
    case 'MachineInited':
    case 'MachineMaintenanceSet': {
      const { uid, name } = event.data;
      const machine = state.machines.get(uid);
      if (machine === undefined || !onlineByItself(state, machine)) return [];
      return [{ command: { type: 'ChangeMachine', data: { name, verb: 'online' } }, ifRefused: 'done' }];
    }
    default:
      return [];
  }
};

const evacuated = z.object({ machineUid: z.string() });
const closed = z.object({ machineUid: z.string(), requestId: z.string() });
const closeRefused = closed.extend({ containers: z.array(z.string()) });

/** The resource layer's answers. Redelivered or late ones are refused by state, which means the effect stands: done. */
const resource: Reactor<MachineContextState, MachineCommand> = {
  types: ['MachineEvacuated', 'MachineClosed', 'MachineCloseRefused'],
  react: (_, event) => {
    switch (event.type) {
      case 'MachineEvacuated': {
        const { machineUid: uid } = evacuated.parse(event.data);
        return [{ command: { type: 'MigrateUnit', data: { uid } }, ifRefused: 'done' }];
      }
      case 'MachineClosed': {
        const { machineUid: uid, requestId } = closed.parse(event.data);
        return [{ command: { type: 'CompleteOffline', data: { uid, requestId } }, ifRefused: 'done' }];
      }
      case 'MachineCloseRefused': {
        const { machineUid: uid, requestId, containers } = closeRefused.parse(event.data);
        return [
          {
            command: { type: 'CancelOffline', data: { uid, requestId, containers: containers.length } },
            ifRefused: 'done',
          },
        ];
      }
      default:
        return [];
    }
  },
};

/** Context `machine`: pools, init strategies, machines with the seed's states, their agents' queues, tickets. */
export const machineDomain: ContextDomain<MachineContextState, MachineCommand, MachineContextEvent> = {
  context: 'machine',
  foldVersion: 3,
  initial: initialState,
  decide,
  evolve,
  react,
  reactors: { resource },
  tick: (state, now) => (state.deadlines.due(now, 1).length === 0 ? null : { type: 'Tick', data: { now } }),
  nextDeadline: (state) => state.deadlines.next()?.at ?? null,
  tables,
  restore,
};
