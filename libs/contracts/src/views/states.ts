import { deploymentEnds } from '../events/service/deployment.ts';

/** What views show as `state`, `stage`, `kind`, and lists are filtered by. Those of machines are in the events. */

export const unitStates = [
  'PENDING',
  'ALLOCATED',
  'INSTALLING',
  'CONFIGURING',
  'STARTING',
  'RELATING',
  'RUNNING',
  'DEGRADED',
  'UPDATING',
  'MIGRATING',
  'FAILED',
  'STOPPING',
  'STOPPED',
  'REMOVING',
  'REMOVED',
] as const;

/** Of a service, by its units: the first that holds. */
export const serviceStates = [
  'REMOVING',
  'FAILED',
  'SCALING',
  'UPDATING',
  'DEPLOYING',
  'RUNNING',
  'STOPPED',
  'DEGRADED',
] as const;
export type ServiceStateName = (typeof serviceStates)[number];

export const containerStates = ['ALLOCATED', 'ACTIVE', 'EVACUATING', 'RELEASING', 'WAITING'] as const;
export const deploymentStates = ['running', 'paused', 'rolling-back', ...deploymentEnds] as const;
export const operationStates = ['running', 'succeeded', 'failed', 'cancelled'] as const;
export const dataKinds = ['orphaned', 'stale'] as const;
export const ticketStages = ['waiting', 'closed'] as const;
/** Of alarms, for lists alone. */
export const alarmStates = ['active', 'ended', 'all'] as const;
