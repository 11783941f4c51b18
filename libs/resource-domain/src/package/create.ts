import type { CreatePackage as CreatePackageRequest, ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision, FieldProblem } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { ResourceContextState } from '../state.ts';
import { packageExists } from './errors.ts';
import { packageNamed } from './state.ts';
import type { Package } from './state.ts';

export type CreatePackage = Command<'CreatePackage', CreatePackageRequest>;

const compared = ['cpuMilli', 'memoryMiB', 'diskMiB', 'ports', 'pricePerHour'] as const;

/** The same package again changes nothing. Refuses: package-exists. */
export const createPackage = (
  state: ResourceContextState,
  { data }: CreatePackage,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  const existing = packageNamed(state, data.name);
  if (existing !== undefined) {
    const differs = differences(existing, data);
    return differs.length === 0 ? accept([], unchanged(existing.uid)) : refuse(packageExists(data.name, differs));
  }
  const uid = ctx.uuid();
  const { name, cpuMilli, memoryMiB, diskMiB, ports, pricePerHour } = data;
  const row = { uid, name, cpuMilli, memoryMiB, diskMiB, ports, pricePerHour };
  return accept([{ stream: `package/${uid}`, type: 'PackageCreated', version: 1, data: row }], changed(uid));
};

const differences = (existing: Package, wanted: CreatePackageRequest): readonly FieldProblem[] =>
  compared
    .filter((field) => existing[field] !== wanted[field])
    .map((field) => ({ field, value: wanted[field], allowed: existing[field] }));
