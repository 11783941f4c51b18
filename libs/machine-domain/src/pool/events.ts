import type { MachineContextEvent } from '@yiqiu/contracts';
import type { Pool } from './state.ts';

/** `waived`: uids of what a person said to go on with. */
export const poolThawed = (
  { uid, name }: Pool,
  reason: string | null,
  waived: readonly string[],
): MachineContextEvent => ({
  stream: `pool/${uid}`,
  type: 'PoolThawed',
  version: 1,
  data: { uid, name, reason, waived: [...waived] },
});
