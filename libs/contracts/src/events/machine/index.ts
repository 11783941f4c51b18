import { agentQueueEvents } from '../agent-queue.ts';
import type { EventOf } from '../define.ts';
import { initStrategyEvents } from './init-strategy.ts';
import { machineEvents } from './machine.ts';
import { poolEvents } from './pool.ts';
import { ticketEvents } from './ticket.ts';

/** Every event of context `machine`. */
export const machineCatalogue = {
  ...poolEvents,
  ...initStrategyEvents,
  ...machineEvents,
  ...ticketEvents,
  ...agentQueueEvents,
};
export type MachineContextEvent = EventOf<typeof machineCatalogue>;
export { initStep, initCheck } from './init-strategy.ts';
export type { InitStep, InitCheck } from './init-strategy.ts';
export { fenceMeans, machineStates, machineState } from './machine.ts';
export type { FenceMeans, MachineState } from './machine.ts';
export { faultPolicy } from './pool.ts';
export type { FaultPolicy } from './pool.ts';
