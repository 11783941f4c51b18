import { agentQueueEvents } from '../agent-queue.ts';
import type { EventOf } from '../define.ts';
import { dataEvents } from './data.ts';
import { deploymentEvents } from './deployment.ts';
import { groupEvents } from './group.ts';
import { operationEvents } from './operation.ts';
import { programEvents } from './program.ts';
import { relationEvents } from './relation.ts';
import { serviceEvents } from './service.ts';
import { unitEvents } from './unit.ts';

/** Every event of context `service`. */
export const serviceCatalogue = {
  ...programEvents,
  ...groupEvents,
  ...serviceEvents,
  ...unitEvents,
  ...dataEvents,
  ...operationEvents,
  ...relationEvents,
  ...deploymentEvents,
  ...agentQueueEvents,
};
export type ServiceContextEvent = EventOf<typeof serviceCatalogue>;
export { unitSteps, unitStep, stepReasons, stepReason } from './unit.ts';
export type { UnitStep, StepReason } from './unit.ts';
export { serviceSpec, updatePolicy } from './service.ts';
export type { ServiceSpec, UpdatePolicy } from './service.ts';
export { deploymentEnds, deploymentKinds } from './deployment.ts';
