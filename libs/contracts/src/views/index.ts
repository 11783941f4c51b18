export * from './common.ts';
export * from './machine.ts';
export * from './resource.ts';
export * from './service.ts';

import type { z } from 'zod';
import type * as machine from './machine.ts';
import type * as resource from './resource.ts';
import type * as service from './service.ts';

export type PoolView = z.infer<typeof machine.poolView>;
export type InitStrategyView = z.infer<typeof machine.initStrategyView>;
export type MachineView = z.infer<typeof machine.machineView>;
export type TicketView = z.infer<typeof machine.ticketView>;
export type AlarmView = z.infer<typeof machine.alarmView>;
export type PackageView = z.infer<typeof resource.packageView>;
export type ResourceServiceView = z.infer<typeof resource.resourceServiceView>;
export type ContainerView = z.infer<typeof resource.containerView>;
export type ProgramView = z.infer<typeof service.programView>;
export type GroupView = z.infer<typeof service.groupView>;
export type ServiceView = z.infer<typeof service.serviceView>;
export type UnitView = z.infer<typeof service.unitView>;
export type DataView = z.infer<typeof service.dataView>;
export type RevisionView = z.infer<typeof service.revisionView>;
export type DeploymentView = z.infer<typeof service.deploymentView>;
export type OperationView = z.infer<typeof service.operationView>;
export type PlanView = z.infer<typeof service.planView>;
export type EventView = z.infer<typeof service.eventView>;
export type StatusView = z.infer<typeof service.statusView>;
