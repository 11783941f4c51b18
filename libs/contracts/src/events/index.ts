import type { ContextName } from '@yiqiu/kernel';
import type { Catalogue } from './define.ts';
import { machineCatalogue } from './machine/index.ts';
import { resourceCatalogue } from './resource/index.ts';
import { serviceCatalogue } from './service/index.ts';

export * from './define.ts';
export * from './machine/index.ts';
export * from './resource/index.ts';
export * from './service/index.ts';
export { dataChanges } from './service/data.ts';
export type { DataChange } from './service/data.ts';
export { operationKinds } from './service/operation.ts';

/** The event catalogue: every type and version that was ever written, by context. */
export const eventCatalogue: { readonly [context in ContextName]: Catalogue } = {
  machine: machineCatalogue,
  resource: resourceCatalogue,
  service: serviceCatalogue,
};
