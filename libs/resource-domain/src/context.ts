import type { ResourceContextEvent } from '@yiqiu/contracts';
import type { ContextDomain } from '@yiqiu/kernel';
import type { ResourceCommand } from './commands.ts';
import { decide } from './decide.ts';
import { nextOffer } from './evacuation/index.ts';
import { evolve } from './evolve.ts';
import { react } from './react.ts';
import { machineReactor } from './reactors/machine.ts';
import { serviceReactor } from './reactors/service.ts';
import { initialState } from './state.ts';
import type { ResourceContextState } from './state.ts';
import { restore, tables } from './tables.ts';

/** Context `resource`: packages, machines as far as it knows them, services' wishes, containers and where they go. */
export const resourceDomain: ContextDomain<ResourceContextState, ResourceCommand, ResourceContextEvent> = {
  context: 'resource',
  foldVersion: 3,
  initial: initialState,
  decide,
  evolve,
  react,
  reactors: { machine: machineReactor, service: serviceReactor },
  tick: (state, now) => ((nextOffer(state) ?? Infinity) <= now ? { type: 'PlacePending', data: {} } : null),
  nextDeadline: nextOffer,
  tables,
  restore,
};
