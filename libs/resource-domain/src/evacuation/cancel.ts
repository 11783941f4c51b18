import type { ResourceContextEvent } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { containerOfAnother, containerUnknown } from '../container/errors.ts';
import { replacementReleased } from '../container/release.ts';
import type { ResourceContextState } from '../state.ts';
import { offerGivenUp, waitsFromNow } from './hold.ts';

/** The service layer keeps the old container; `replacement` null where none was offered. */
export type CancelEvacuation = Command<
  'CancelEvacuation',
  {
    readonly container: string;
    readonly unitUid: string;
    readonly replacement: string | null;
    /** `waits`: for its machine or a person; `retry`: another replacement may be offered. */
    readonly then: 'waits' | 'retry';
    readonly message: string;
  }
>;

/**
 * Gives the replacement up that it names. `retry`: another is offered after a while, longer each time. `waits`: none any more,
 * and the container is WAITING once it is fenced. One that names an earlier replacement, or comes after the end, changes
 * nothing. Refuses: container-unknown, container-of-another.
 */
export const cancelEvacuation = (
  state: ResourceContextState,
  { data }: CancelEvacuation,
  ctx: Ctx,
): Decision<ResourceContextEvent> => {
  const row = state.containers.get(data.container);
  if (row === undefined) return refuse(containerUnknown(data.container));
  if (row.unitUid !== data.unitUid) {
    return refuse(containerOfAnother(row.uid, `unit ${row.unitUid}`, `unit ${data.unitUid}`));
  }
  const isGoing = row.state === 'EVACUATING' || row.state === 'WAITING';
  if (!isGoing || (data.replacement !== null && data.replacement !== row.replacement)) return accept([]);
  const given = data.replacement === null ? [] : replacementReleased(state, row);
  if (data.then === 'waits' && (row.state === 'EVACUATING' || !row.waits)) {
    // One that was offered meanwhile is not named here and stays: the unit may have taken it.
    const unfenced = data.replacement !== row.replacement ? { ...row, fenced: null } : row;
    return accept([...given, ...waitsFromNow(unfenced, data.message)]);
  }
  return accept(given.length === 0 ? [] : [...given, ...offerGivenUp(row, data.message, ctx)]);
};
