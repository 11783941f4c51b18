import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept, refuse } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import { beginOperation, operationFinished } from '../operation/start.ts';
import type { ServiceState } from '../state.ts';
import { groupNamed, servicesOf } from '../state.ts';
import { removeService } from './apply.ts';
import { groupRevisionMoved, groupUnknown } from './errors.ts';
import type { GroupRow } from './state.ts';

export type DestroyGroup = Command<'DestroyGroup', { readonly name: string; readonly expectedRevision: number | null }>;

/**
 * The group goes with all its services and units; their data is kept. Asked again while it goes, it answers the same
 * operation. Refuses: group-unknown, group-revision-moved.
 */
export const destroyGroup = (state: ServiceState, { data }: DestroyGroup, ctx: Ctx): Decision<ServiceContextEvent> => {
  const group = groupNamed(state, data.name);
  if (group === null) return refuse(groupUnknown(data.name));
  if (data.expectedRevision !== null && data.expectedRevision !== group.revision) {
    return refuse(groupRevisionMoved(group.name, data.expectedRevision, group.revision));
  }
  const { uid, name } = group;
  if (group.destroying !== null) {
    return accept([], { name, uid, changed: false, operation: group.destroying.operation });
  }
  const operation = beginOperation(state, 'destroy', group, ctx);
  const events: ServiceContextEvent[] = [
    ...cutShort(state, group, operation.uid),
    ...operation.events,
    {
      stream: `group/${uid}`,
      type: 'GroupDestroyRequested',
      version: 1,
      data: { uid, name, operation: operation.uid },
    },
    ...servicesOf(state, uid)
      .filter(({ removing }) => !removing)
      .flatMap((service) => removeService(state, service)),
  ];
  return accept(events, changed(name, uid, operation.uid));
};

/** Applies and scalings of a group that goes have nothing to wait for any more. */
const cutShort = (state: ServiceState, group: GroupRow, by: string): ServiceContextEvent[] => {
  const targets = [group.uid, ...servicesOf(state, group.uid).map(({ uid }) => uid)];
  const running = targets.flatMap((target) => [...(state.index.runningOn.get(target) ?? [])]);
  return running
    .filter((uid) => state.operations.get(uid)?.kind !== 'destroy')
    .map((uid) => operationFinished(uid, 'cancelled', `overtaken by operation ${by}`));
};
