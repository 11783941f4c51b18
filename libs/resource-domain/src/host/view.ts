import type { Resources } from '@yiqiu/contracts';
import type { ResourceContextState } from '../state.ts';

/** What is allocated, by machine uid; machines without containers are absent. */
export const allocatedByMachine = (state: ResourceContextState): ReadonlyMap<string, Resources> =>
  new Map([...state.uses].map(([machineUid, { allocated }]) => [machineUid, { ...allocated }]));
