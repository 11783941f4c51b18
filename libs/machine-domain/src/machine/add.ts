import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import { poolUnknown } from '../pool/errors.ts';
import { poolNamed } from '../pool/state.ts';
import type { MachineContextState } from '../state.ts';
import { labelsInvalid, machineExists } from './errors.ts';
import { labelProblems } from './labels.ts';
import { machineNamed } from './state.ts';

export type AddMachine = Command<
  'AddMachine',
  {
    readonly name: string;
    readonly address: string;
    readonly pool: string;
    readonly rack: string | null;
    readonly zone: string | null;
    readonly labels: { readonly [name: string]: string };
    /** SHA-256, hex; the token itself never enters the log. */
    readonly joinTokenHash: string;
  }
>;

/** (outside) → NEW. Refuses: pool-unknown, machine-exists, labels-invalid. */
export const addMachine = (
  state: MachineContextState,
  { data }: AddMachine,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const pool = poolNamed(state, data.pool);
  if (pool === undefined) return refuse(poolUnknown(data.pool));
  if (machineNamed(state, data.name) !== undefined) return refuse(machineExists(data.name));
  const problems = labelProblems(data.labels);
  if (problems.length > 0) return refuse(labelsInvalid(problems));
  const uid = ctx.uuid();
  const added = { ...data, labels: { ...data.labels }, uid, poolUid: pool.uid, initStrategy: pool.initStrategy };
  return accept([{ stream: `machine/${uid}`, type: 'MachineAdded', version: 1, data: added }], changed(uid));
};
