import { unreachable } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { servicesOf, unitsOf } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import type { OperationRow } from './state.ts';

export type Scope = 'group' | 'service' | 'unit' | 'data';

export const scopeOf = (kind: OperationRow['kind']): Scope => {
  switch (kind) {
    case 'apply':
    case 'destroy':
      return 'group';
    case 'scale':
    case 'config':
    case 'upgrade':
      return 'service';
    case 'unit':
      return 'unit';
    case 'purge':
    case 'adopt':
      return 'data';
    default:
      return unreachable(kind, 'operation kind');
  }
};

/** Uids of the services that an operation is about; empty for one on a unit or on data. */
export const servicesIn = (
  state: ServiceState,
  { kind, targetUid }: Pick<OperationRow, 'kind' | 'targetUid'>,
): string[] => {
  switch (scopeOf(kind)) {
    case 'group':
      return servicesOf(state, targetUid).map(({ uid }) => uid);
    case 'service':
      return state.services.has(targetUid) ? [targetUid] : [];
    case 'unit':
    case 'data':
      return [];
  }
};

/** Units that an operation is about, ghosts left out, by service and ordinal. */
export const unitsIn = (
  state: ServiceState,
  operation: Pick<OperationRow, 'kind' | 'targetUid'>,
): readonly UnitRow[] => {
  if (scopeOf(operation.kind) === 'unit') {
    const unit = state.units.get(operation.targetUid);
    return unit === undefined || unit.ghost ? [] : [unit];
  }
  return servicesIn(state, operation).flatMap((uid) => unitsOf(state, uid).filter(({ ghost }) => !ghost));
};
