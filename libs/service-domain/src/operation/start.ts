import type { Ctx } from '@yiqiu/kernel';
import type { EventOf } from '../events.ts';
import type { ServiceState } from '../state.ts';
import type { OperationRow } from './state.ts';

export const operationStarted = (
  uid: string,
  kind: OperationRow['kind'],
  target: string,
  targetUid: string,
): EventOf<'OperationStarted'> => ({
  stream: `operation/${uid}`,
  type: 'OperationStarted',
  version: 2,
  data: { uid, kind, target, targetUid },
});

export const operationFinished = (
  uid: string,
  state: 'succeeded' | 'failed' | 'cancelled',
  message: string | null,
): EventOf<'OperationFinished'> => ({
  stream: `operation/${uid}`,
  type: 'OperationFinished',
  version: 1,
  data: { uid, state, message },
});

/** Begins an operation; those of the same kind that still run on the same target are overtaken by it. */
export const beginOperation = (
  state: ServiceState,
  kind: OperationRow['kind'],
  target: { readonly name: string; readonly uid: string },
  ctx: Ctx,
): {
  readonly uid: string;
  readonly events: readonly (EventOf<'OperationStarted'> | EventOf<'OperationFinished'>)[];
} => {
  const uid = ctx.uuid();
  const overtaken = [...(state.index.runningOn.get(target.uid) ?? [])].filter(
    (other) => state.operations.get(other)?.kind === kind,
  );
  const message = `overtaken by operation ${uid}`;
  return {
    uid,
    events: [
      ...overtaken.map((other) => operationFinished(other, 'cancelled', message)),
      operationStarted(uid, kind, target.name, target.uid),
    ],
  };
};
