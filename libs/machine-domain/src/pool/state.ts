import { faultPolicy } from '@yiqiu/contracts';
import type { FaultPolicy } from '@yiqiu/contracts';
import { z } from 'zod';
import type { MachineContextState } from '../state.ts';

export const poolRow = z.strictObject({
  uid: z.string(),
  name: z.string(),
  region: z.string(),
  initStrategy: z.string(),
  autoOnline: z.boolean(),
  policy: faultPolicy,
  frozen: z.strictObject({ since: z.string(), reason: z.string(), alarm: z.string() }).nullable(),
});
export type Pool = z.infer<typeof poolRow>;

/** What a pool gets where nothing else is said: the production timing and the blast radius of docs/domain.md. */
export const defaultFaultPolicy: FaultPolicy = {
  leaseMs: 60_000,
  holdDownMs: 60_000,
  blastMachines: 5,
  blastPercent: 20,
  blastWindowMs: 600_000,
};

export const poolNamed = (state: MachineContextState, name: string): Pool | undefined =>
  state.pools.get(state.poolByName.get(name) ?? '');

/** Machines of a pool by state; scans the machines. */
export const countsOf = (state: MachineContextState): ReadonlyMap<string, { readonly [state: string]: number }> => {
  const counts = new Map<string, { [state: string]: number }>();
  for (const machine of state.machines.values()) {
    const ofPool = counts.get(machine.poolUid) ?? {};
    ofPool[machine.state] = (ofPool[machine.state] ?? 0) + 1;
    counts.set(machine.poolUid, ofPool);
  }
  return counts;
};
