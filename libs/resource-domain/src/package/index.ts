export { createPackage } from './create.ts';
export type { CreatePackage } from './create.ts';
export { packageUnknown } from './errors.ts';
export { packageNamed, packageRow, putPackage } from './state.ts';
export type { Package } from './state.ts';
export { packageView } from './view.ts';
