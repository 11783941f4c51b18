import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Decision } from '@yiqiu/kernel';
import { ending } from '../container/ending.ts';
import { containerOfAnother, containerUnknown } from '../container/errors.ts';
import { replacementReleased } from '../container/release.ts';
import type { ResourceContextState } from '../state.ts';

/** A unit has moved: `to` is its container from here on. */
export type MigrateContainer = Command<
  'MigrateContainer',
  { readonly unitUid: string; readonly from: string; readonly to: string }
>;

/**
 * The old container goes: at once where it is fenced, else it is RELEASING until its agent's report or a fence. A replacement
 * other than `to` is given up. Told again it changes nothing. Refuses: container-unknown, container-of-another.
 */
export const migrateContainer = (
  state: ResourceContextState,
  { data }: MigrateContainer,
): Decision<ResourceContextEvent> => {
  const row = state.containers.get(data.from);
  if (row === undefined) return refuse(containerUnknown(data.from));
  if (row.unitUid !== data.unitUid) {
    return refuse(containerOfAnother(row.uid, `unit ${row.unitUid}`, `unit ${data.unitUid}`));
  }
  const other = row.replacement === data.to ? [] : replacementReleased(state, row);
  return accept([...other, ...ending(row, `its unit has moved to container ${data.to}`)]);
};
