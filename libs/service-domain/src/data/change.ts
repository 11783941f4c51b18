import { newQueue, placeOf, queuePendingMax } from '@yiqiu/agent-queue';
import { dataView } from '@yiqiu/contracts';
import type { DataChange, DataView, ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision, DomainError } from '@yiqiu/kernel';
import { accept, refuse } from '@yiqiu/kernel';
import { changeAnswer, changed } from '../answers.ts';
import type { ChangeAnswer } from '../answers.ts';
import type { EventOf } from '../events.ts';
import { operationStarted } from '../operation/start.ts';
import type { ServiceState } from '../state.ts';
import { manifestOf, unitNamed } from '../state.ts';
import { unitUnknown } from '../unit/errors.ts';
import {
  adopterElsewhere,
  adopterHasNoPlace,
  adopterNotStopped,
  dataChanging,
  dataMachineLeft,
  dataOutOfReach,
  dataQueueFull,
  dataUnknown,
} from './errors.ts';
import type { DataRow, Target } from './state.ts';
import { ghostData, viewOf } from './view.ts';

/** `unit`: of an adoption, who gets it; null: the unit that it came from. */
export type ChangeData = Command<
  'ChangeData',
  { readonly uid: string; readonly change: DataChange; readonly unit: string | null }
>;

/** With the data as it was listed: when it is asked again with the same key, it may be gone. */
export const dataAnswer = changeAnswer.extend({ data: dataView });
type DataAnswer = ChangeAnswer & { readonly data: DataView };

/** Its machine may be away for long: a month. */
export const dataStartMs = 30 * 24 * 60 * 60 * 1_000;

/**
 * A person's word on data that no unit uses. Asked again while it is being done, the answer is the operation that runs. A purge
 * of what is on a machine that has left takes it off the list at once. Refuses: data-unknown, data-out-of-reach,
 * data-changing, data-machine-left, unit-unknown, adopter-elsewhere, adopter-has-no-place,
 * adopter-not-stopped, agent-queue-full.
 */
export const changeData = (state: ServiceState, { data }: ChangeData, ctx: Ctx): Decision<ServiceContextEvent> => {
  const { uid, change } = data;
  const row = state.data.get(uid);
  if (row === undefined) return refuse(unlisted(state, uid));
  if (row.change !== null && row.change.kind !== change) return refuse(dataChanging(row));
  if (state.departed.has(row.machineUid)) {
    return change === 'purge' ? accept([forgotten(row, ctx)], answer(row, null)) : refuse(dataMachineLeft(row));
  }
  const target = change === 'purge' ? null : adopter(state, row, data.unit ?? row.unit);
  if (target !== null && 'kind' in target) return refuse(target);
  if (row.change !== null) {
    return row.change.target?.unitUid === target?.unitUid
      ? accept([], { ...answer(row, row.change.operation), changed: false })
      : refuse(dataChanging(row));
  }
  const queue = state.queues.get(row.machineUid) ?? newQueue(row.machineUid);
  if (queue.pending.length >= queuePendingMax) return refuse(dataQueueFull(row, queue.pending.length));
  const operation = ctx.uuid();
  return accept(
    [
      operationStarted(operation, change, row.unit, uid),
      {
        stream: `data/${uid}`,
        type: 'DataChangeRequested',
        version: 1,
        data: { uid, unit: row.unit, change, target, operation, reason: ctx.reason },
      },
      dataChangeIssued(row, placeOf(queue), ctx.now),
    ],
    answer(row, operation),
  );
};

const answer = (row: DataRow, operation: string | null): DataAnswer => ({
  ...changed(row.unit, row.uid, operation),
  data: viewOf(row),
});

/** The order goes into the queue of the data's machine. */
export const dataChangeIssued = (
  { uid, unit, machineUid }: DataRow,
  { generation, seq }: { readonly generation: number; readonly seq: number },
  now: number,
): EventOf<'DataChangeIssued'> => ({
  stream: `data/${uid}`,
  type: 'DataChangeIssued',
  version: 1,
  data: { uid, unit, machineUid, generation, seq, startBy: now + dataStartMs },
});

const forgotten = ({ uid, unit, machineUid, machine }: DataRow, { reason }: Ctx): EventOf<'DataForgotten'> => ({
  stream: `data/${uid}`,
  type: 'DataForgotten',
  version: 1,
  data: { uid, unit, machineUid, machine, reason },
});

const unlisted = (state: ServiceState, id: string): DomainError => {
  const ghost = ghostData(state).find((view) => view.id === id);
  return ghost === undefined ? dataUnknown(id) : dataOutOfReach(id, ghost.machine);
};

const adopter = (state: ServiceState, row: DataRow, name: string): Target | DomainError => {
  const unit = unitNamed(state, name);
  if (unit === null) return unitUnknown(name);
  const { binding, agentUid: unitUid, incarnation } = unit;
  if (binding === null || binding.machineUid !== row.machineUid) return adopterElsewhere(row, unit);
  const places = manifestOf(state, unit.programUid).data.map(({ path }) => path);
  if (!places.some((path) => row.path.endsWith(`/${path}`))) return adopterHasNoPlace(row, unit, places);
  if (unit.state !== 'STOPPED' || unit.step !== null) return adopterNotStopped(unit);
  return { unit: name, unitUid, incarnation, home: binding.home };
};
