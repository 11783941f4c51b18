import type { OperationView } from '@yiqiu/contracts';
import type { ListOptions, Page } from '../paging.ts';
import { pageOf, passes } from '../paging.ts';
import type { ServiceState } from '../state.ts';
import { progressOf } from './progress.ts';
import type { OperationRow } from './state.ts';

const viewOf = (state: ServiceState, operation: OperationRow): OperationView => {
  const { uid, kind, target, startedAt, endedAt, message } = operation;
  return {
    id: uid,
    kind,
    target,
    state: operation.state,
    progress: progressOf(state, operation),
    error: operation.state === 'failed' || operation.state === 'cancelled' ? message : null,
    startedAt,
    endedAt,
  };
};

export const getOperation = (state: ServiceState, uid: string): OperationView | null => {
  const operation = state.operations.get(uid);
  return operation === undefined ? null : viewOf(state, operation);
};

/** In the order of their ids, which is that of their start. Filters: `state`, `kind`, `target`. */
export const listOperations = (state: ServiceState, options: ListOptions): Page<OperationView> => {
  const { filters } = options;
  const rows = [...state.operations.values()].filter(
    (operation) =>
      passes(filters, 'state', operation.state) &&
      passes(filters, 'kind', operation.kind) &&
      passes(filters, 'target', operation.target),
  );
  return pageOf(
    rows,
    ({ uid }) => uid,
    (operation) => viewOf(state, operation),
    options,
  );
};
