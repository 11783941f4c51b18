import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { ContextDomain } from '@yiqiu/kernel';
import type { ServiceCommand } from './command.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import { react } from './react.ts';
import { reactors } from './reactors.ts';
import type { ServiceState } from './state.ts';
import { initialState } from './state.ts';
import { restore, tables } from './tables.ts';

/** Context `service`: programs, groups, services, units, and how units are deployed. */
export const serviceDomain: ContextDomain<ServiceState, ServiceCommand, ServiceContextEvent> = {
  context: 'service',
  foldVersion: 9,
  initial: initialState,
  decide,
  evolve,
  react,
  reactors,
  tick: (state, now) => {
    const next = state.index.deadlines.next();
    return next !== null && next.at <= now ? { type: 'Tick', data: { now } } : null;
  },
  nextDeadline: (state) => state.index.deadlines.next()?.at ?? null,
  tables,
  restore,
};
