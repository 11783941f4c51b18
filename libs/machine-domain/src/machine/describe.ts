import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept, canonicalJson, refuse } from '@yiqiu/kernel';
import type { Command, Decision, Ctx } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { MachineContextState } from '../state.ts';
import { labelsInvalid, machineUnknown } from './errors.ts';
import { labelProblems } from './labels.ts';
import { machineNamed } from './state.ts';

export type LabelMachine = Command<
  'LabelMachine',
  {
    readonly name: string;
    readonly labels: { readonly [name: string]: string };
    readonly rack: string | null;
    readonly zone: string | null;
  }
>;
export type SetMaintenance = Command<'SetMaintenance', { readonly name: string; readonly on: boolean }>;

/** The whole of labels, rack and zone; the same again changes nothing. Refuses: machine-unknown, labels-invalid. */
export const labelMachine = (state: MachineContextState, { data }: LabelMachine): Decision<MachineContextEvent> => {
  const machine = machineNamed(state, data.name);
  if (machine === undefined) return refuse(machineUnknown(data.name));
  const problems = labelProblems(data.labels);
  if (problems.length > 0) return refuse(labelsInvalid(problems));
  const { uid, name, labels, rack, zone } = machine;
  const wanted = { labels: { ...data.labels }, rack: data.rack, zone: data.zone };
  if (canonicalJson({ labels, rack, zone }) === canonicalJson(wanted)) return accept([], unchanged(uid));
  return accept(
    [{ stream: `machine/${uid}`, type: 'MachineLabelled', version: 1, data: { uid, name, ...wanted } }],
    changed(uid),
  );
};

/** A manual maintenance is never left automatically. Refuses: machine-unknown. */
export const setMaintenance = (
  state: MachineContextState,
  { data }: SetMaintenance,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = machineNamed(state, data.name);
  if (machine === undefined) return refuse(machineUnknown(data.name));
  const { uid, name, maintenance } = machine;
  if (maintenance === data.on) return accept([], unchanged(uid));
  const set = { uid, name, on: data.on, reason: ctx.reason };
  return accept([{ stream: `machine/${uid}`, type: 'MachineMaintenanceSet', version: 1, data: set }], changed(uid));
};
