export { definedAs, definitionOf } from './define.ts';
export { dropIfIdle, resourceServiceRow } from './state.ts';
export type { ResourceService } from './state.ts';
export { resourceServiceView, servicesWhere } from './view.ts';
export type { ResourceServiceFilters } from './view.ts';
