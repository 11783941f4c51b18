import { queueRow } from '@yiqiu/agent-queue';
import type { Json, TableRows, Tables } from '@yiqiu/kernel';
import { z } from 'zod';
import { indexData } from './data/evolve.ts';
import { dataRow } from './data/state.ts';
import { groupRow } from './group/state.ts';
import { indexOperation } from './operation/evolve.ts';
import { operationRow } from './operation/state.ts';
import { indexProgram } from './program/evolve.ts';
import { programRow } from './program/state.ts';
import { indexRelation, indexVirtual } from './relation/index-relation.ts';
import { relationRow, virtualRow } from './relation/state.ts';
import { indexDeployment } from './rollout/evolve.ts';
import { deploymentRow } from './rollout/state.ts';
import { indexService } from './service/evolve.ts';
import { serviceRow } from './service/state.ts';
import type { ServiceState } from './state.ts';
import { initialState } from './state.ts';
import { indexUnit } from './unit/index-unit.ts';
import { unitRow } from './unit/state.ts';

const commandRef = z.union([z.object({ unitUid: z.string(), step: z.string() }), z.object({ dataUid: z.string() })]);

const queueRowSchema = z.object({
  machineUid: z.string(),
  journalId: z.string().nullable(),
  generation: z.int(),
  nextSeq: z.int(),
  pending: z.array(z.object({ seq: z.int(), startBy: z.int(), ref: commandRef })),
});

/** The rows of a state; indexes are not among them. */
export const tables = (state: ServiceState): Tables => ({
  program: state.programs,
  group: state.groups,
  service: state.services,
  unit: state.units,
  queue: [...state.queues].map(([uid, queue]): [string, Json] => [uid, queueRow(queue)]),
  departed: [...state.departed].map((uid): [string, Json] => [uid, true]),
  data: state.data,
  operation: state.operations,
  relation: state.relations,
  virtual: state.virtuals,
  deployment: state.deployments,
});

/** The state of a snapshot's rows. Throws on a row of another shape: such a snapshot is of no use. */
export const restore = (rows: TableRows): ServiceState => {
  const state = initialState();
  const read = <T>(table: string, schema: z.ZodType<T>): T[] => (rows[table] ?? []).map(([, row]) => schema.parse(row));
  for (const program of read('program', programRow)) {
    state.programs.set(program.uid, program);
    indexProgram(state, program);
  }
  for (const group of read('group', groupRow)) {
    state.groups.set(group.uid, group);
    state.index.groupByName.set(group.name, group.uid);
  }
  for (const service of read('service', serviceRow)) {
    state.services.set(service.uid, service);
    indexService(state, service);
  }
  for (const virtual of read('virtual', virtualRow)) {
    state.virtuals.set(virtual.uid, virtual);
    indexVirtual(state, virtual);
  }
  for (const relation of read('relation', relationRow)) {
    state.relations.set(relation.uid, relation);
    indexRelation(state, relation);
  }
  for (const unit of read('unit', unitRow)) {
    state.units.set(unit.uid, unit);
    indexUnit(state, unit);
  }
  for (const queue of read('queue', queueRowSchema)) state.queues.set(queue.machineUid, queue);
  for (const [uid] of rows['departed'] ?? []) state.departed.add(uid);
  for (const data of read('data', dataRow)) {
    state.data.set(data.uid, data);
    indexData(state, data);
  }
  for (const operation of read('operation', operationRow).sort((a, b) => a.position - b.position)) {
    state.operations.set(operation.uid, operation);
    indexOperation(state, operation);
  }
  for (const deployment of read('deployment', deploymentRow).sort((a, b) => a.position - b.position)) {
    state.deployments.set(deployment.uid, deployment);
    indexDeployment(state, deployment);
  }
  return state;
};
