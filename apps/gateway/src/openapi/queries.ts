import {
  alarmStates,
  containerStates,
  dataKinds,
  deploymentKinds,
  deploymentStates,
  machineStates,
  operationKinds,
  operationStates,
  serviceStates,
  ticketStages,
  unitStates,
} from '@yiqiu/contracts';

/**
 * Query parameters of each operation, by what routes refuse others for (a test asks each route which ones it takes). A list's
 * `limit` and `cursor` come with its filters.
 */
const list = (...filters: readonly string[]): readonly string[] => ['limit', 'cursor', ...filters];

export const queries: { readonly [operation: string]: readonly string[] } = {
  'GET /api/v1/status': ['group'],
  'GET /api/v1/events': ['backwards', 'context', 'stream', 'type', 'from', 'cursor', 'limit'],
  'GET /api/v1/events/stream': ['context', 'stream', 'type', 'from', 'cursor'],
  'GET /api/v1/pools': list(),
  'DELETE /api/v1/pools/{pool}': ['reason'],
  'GET /api/v1/init-strategies': list(),
  'GET /api/v1/machines': list('state', 'pool'),
  'GET /api/v1/tickets': list('machine', 'stage'),
  'GET /api/v1/alarms': list('state', 'pool', 'machine'),
  'GET /api/v1/fences': list('machine'),
  'GET /api/v1/packages': list(),
  'GET /api/v1/containers': list('state', 'machine', 'pool', 'service', 'group', 'package'),
  'GET /api/v1/resource-services': list('group', 'pool', 'package'),
  'GET /api/v1/programs': list('name'),
  'GET /api/v1/groups': list(),
  'PUT /api/v1/groups/{group}': ['dryRun', 'prune', 'take', 'plan', 'reason'],
  'DELETE /api/v1/groups/{group}': ['reason'],
  'GET /api/v1/services': list('group', 'state', 'program'),
  'GET /api/v1/groups/{group}/services': list('state', 'program'),
  'PATCH /api/v1/groups/{group}/services/{service}/config': ['reason'],
  'GET /api/v1/groups/{group}/services/{service}/config/revisions': list(),
  'GET /api/v1/units': list('group', 'service', 'state', 'machine'),
  'GET /api/v1/groups/{group}/services/{service}/units': list('state', 'machine'),
  'GET /api/v1/groups/{group}/services/{service}/units/{ordinal}/logs': ['tail', 'source', 'cursor'],
  'GET /api/v1/relations': list('group', 'service'),
  'GET /api/v1/deployments': list('group', 'service', 'state', 'kind'),
  'GET /api/v1/operations': list('state', 'kind', 'target'),
  'GET /api/v1/data': list('unit', 'machine', 'kind'),
};

/** Filters that take one of a few words, by operation; each list has its own states. */
export const choices: { readonly [operation: string]: { readonly [parameter: string]: readonly string[] } } = {
  'GET /api/v1/machines': { state: machineStates },
  'GET /api/v1/tickets': { stage: ticketStages },
  'GET /api/v1/alarms': { state: alarmStates },
  'GET /api/v1/containers': { state: containerStates },
  'GET /api/v1/services': { state: serviceStates },
  'GET /api/v1/groups/{group}/services': { state: serviceStates },
  'GET /api/v1/units': { state: unitStates },
  'GET /api/v1/groups/{group}/services/{service}/units': { state: unitStates },
  'GET /api/v1/deployments': { state: deploymentStates, kind: deploymentKinds },
  'GET /api/v1/operations': { state: operationStates, kind: operationKinds },
  'GET /api/v1/data': { kind: dataKinds },
};

/** Parameters that are no plain text. */
export const schemas: { readonly [parameter: string]: object } = {
  limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 100 },
  tail: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
  from: { type: 'integer', minimum: 0 },
  context: { type: 'string', enum: ['machine', 'resource', 'service'] },
  reason: { type: 'string', maxLength: 500 },
  dryRun: { type: 'boolean', default: false },
  prune: { type: 'boolean', default: false },
  take: { type: 'boolean', default: false },
  backwards: { type: 'boolean', default: false },
};
