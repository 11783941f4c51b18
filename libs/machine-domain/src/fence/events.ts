import type { FenceMeans, MachineContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import type { Machine } from '../machine/state.ts';

const reasonMax = 500;

export const fenceRequested = ({ uid, name }: Machine, reason: string, ctx: Ctx): MachineContextEvent => ({
  stream: `machine/${uid}`,
  type: 'FenceRequested',
  version: 1,
  data: { uid, name, fenceId: ctx.uuid(), reason: reason.slice(0, reasonMax) },
});

export interface Proof {
  readonly fenceId: string;
  readonly incarnations: readonly { readonly unit: string; readonly incarnation: number }[];
  readonly how: FenceMeans;
  readonly by: string;
  readonly reason: string | null;
}

/** Of the whole machine: every incarnation that was granted on it before. */
export const fenced = ({ uid, name }: Machine, { incarnations, ...proof }: Proof): MachineContextEvent => ({
  stream: `machine/${uid}`,
  type: 'Fenced',
  version: 1,
  data: { uid, name, scope: 'machine', incarnations: incarnations.map((one) => ({ ...one })), ...proof },
});
