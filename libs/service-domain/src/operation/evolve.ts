import type { EnvelopeOf } from '../events.ts';
import { addTo, dropFrom } from '../indexes.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import { progressOf } from './progress.ts';
import { scopeOf, unitsIn } from './scope.ts';
import type { OperationRow } from './state.ts';
import { endedOperationsKept } from './state.ts';

export const indexOperation = (state: ServiceState, operation: OperationRow): void => {
  if (operation.state === 'running') addTo(state.index.runningOn, operation.targetUid, operation.uid);
};

export const evolveOperationStarted = (state: ServiceState, event: EnvelopeOf<'OperationStarted'>): void => {
  const { uid, kind, target, targetUid } = event.data;
  const operation: OperationRow = {
    uid,
    kind,
    target,
    targetUid,
    state: 'running',
    message: null,
    startedAt: event.time,
    position: event.position,
    endedAt: null,
    total: scopeOf(kind) === 'data' ? 1 : unitsIn(state, { kind, targetUid }).length,
    done: 0,
  };
  state.operations.set(uid, operation);
  indexOperation(state, operation);
};

export const evolveOperationFinished = (state: ServiceState, event: EnvelopeOf<'OperationFinished'>): void => {
  const operation = must(state.operations.get(event.data.uid), `operation ${event.data.uid}`);
  const { done, total } = progressOf(state, operation);
  operation.total = total;
  operation.done = event.data.state === 'succeeded' ? total : done;
  operation.state = event.data.state;
  operation.message = event.data.message;
  operation.endedAt = event.time;
  dropFrom(state.index.runningOn, operation.targetUid, operation.uid);
  forgetOldest(state);
};

const forgetOldest = (state: ServiceState): void => {
  let surplus = state.operations.size - endedOperationsKept;
  if (surplus <= 0) return;
  for (const { uid, endedAt } of state.operations.values()) {
    if (surplus <= 0) return;
    if (endedAt === null) continue;
    state.operations.delete(uid);
    surplus -= 1;
  }
};
