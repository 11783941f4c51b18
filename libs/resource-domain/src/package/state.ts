import { resourceCatalogue } from '@yiqiu/contracts';
import type { z } from 'zod';
import type { ResourceContextState } from '../state.ts';

/** 套餐: what a container may take. Immutable. */
export const packageRow = resourceCatalogue.PackageCreated[1];
export type Package = z.infer<typeof packageRow>;

export const packageNamed = (state: ResourceContextState, name: string): Package | undefined =>
  state.packages.get(state.packageByName.get(name) ?? '');

/** Puts a row in, with its index. */
export const putPackage = (state: ResourceContextState, row: Package): void => {
  state.packages.set(row.uid, row);
  state.packageByName.set(row.name, row.uid);
};
