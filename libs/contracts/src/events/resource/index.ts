import type { EventOf } from '../define.ts';
import { containerEvents } from './container.ts';
import { hostEvents } from './host.ts';
import { packageEvents } from './package.ts';
import { resourceServiceEvents } from './resource-service.ts';

/** Every event of context `resource`. */
export const resourceCatalogue = { ...packageEvents, ...hostEvents, ...resourceServiceEvents, ...containerEvents };
export type ResourceContextEvent = EventOf<typeof resourceCatalogue>;
export { portRequest, placementRules } from './resource-service.ts';
export type { PortRequest, PlacementRules } from './resource-service.ts';
