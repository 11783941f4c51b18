import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import type { ResourceContextState } from '../state.ts';
import { containerOfAnother, containerUnknown } from './errors.ts';

/** Its unit serves. */
export type ActivateContainer = Command<
  'ActivateContainer',
  { readonly container: string; readonly unitUid: string; readonly incarnation: number }
>;

/** Only ALLOCATED becomes ACTIVE; in any other state nothing changes. Refuses: container-unknown, container-of-another. */
export const activateContainer = (
  state: ResourceContextState,
  { data }: ActivateContainer,
): Decision<ResourceContextEvent> => {
  const container = state.containers.get(data.container);
  if (container === undefined) return refuse(containerUnknown(data.container));
  if (container.unitUid !== data.unitUid || container.incarnation !== data.incarnation) {
    const holder = `unit ${container.unitUid}, incarnation ${container.incarnation}`;
    return refuse(containerOfAnother(container.uid, holder, `unit ${data.unitUid}, incarnation ${data.incarnation}`));
  }
  if (container.state !== 'ALLOCATED') return accept([]);
  const { uid, unit } = container;
  return accept([{ stream: `container/${uid}`, type: 'ContainerActivated', version: 1, data: { uid, unit } }]);
};
