import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept, refuse } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import { serviceRemoving } from '../group/errors.ts';
import { changedKeys } from '../group/plan.ts';
import type { JsonMap } from '../json-text.ts';
import { objectOf } from '../json-text.ts';
import { beginOperation } from '../operation/start.ts';
import { startRollout } from '../rollout/start.ts';
import type { ServiceState } from '../state.ts';
import { serviceNamed, tallyOf } from '../state.ts';
import { configRevised } from './config-revised.ts';
import { configMoved, serviceUnknown } from './errors.ts';
import type { ServiceRow } from './state.ts';
import { configOf } from './state.ts';

export type SetConfig = Command<
  'SetConfig',
  {
    readonly name: string;
    /** What was asked for; null puts a key back to its default. */
    readonly patch: JsonMap;
    /** What the shell checked against the program's schema: the patch over the values of that revision. */
    readonly checked: {
      readonly programUid: string;
      readonly revision: number;
      readonly values: JsonMap;
      readonly effective: JsonMap;
    };
  }
>;

/** The values as the patch leaves them, without defaults. */
export const patched = (service: ServiceRow, patch: JsonMap): JsonMap => {
  const values = objectOf(configOf(service).values);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete values[key];
    else values[key] = value;
  }
  return values;
};

/**
 * A new revision of a service's config, which its units take one after another. Values that are so already change nothing.
 * Refuses: service-unknown, service-removing, config-moved.
 */
export const setConfig = (state: ServiceState, { data }: SetConfig, ctx: Ctx): Decision<ServiceContextEvent> => {
  const service = serviceNamed(state, data.name);
  if (service === null) return refuse(serviceUnknown(data.name));
  if (service.removing) return refuse(serviceRemoving(service.name));
  const now = configOf(service);
  const { programUid, revision, values, effective } = data.checked;
  const wanted = patched(service, data.patch);
  const isSame = revision === now.revision && programUid === service.spec.program.uid;
  if (!isSame || changedKeys(values, wanted).length > 0)
    return refuse(configMoved(service.name, revision, now.revision));
  const keys = changedKeys(objectOf(now.values), wanted);
  if (keys.length === 0) return accept([], unchanged(service.name, service.uid));
  const operation = tallyOf(state, service.uid).live > 0 ? beginOperation(state, 'config', service, ctx) : null;
  const change = {
    revision: now.revision + 1,
    values,
    config: effective,
    changed: keys,
    operation: operation?.uid ?? null,
  };
  const target = {
    programUid: service.spec.program.uid,
    configRevision: change.revision,
    operation: operation?.uid ?? null,
  };
  return accept(
    [
      ...(operation?.events ?? []),
      ...startRollout(state, service, { kind: 'config', ...target }, ctx),
      configRevised(service, change),
    ],
    changed(service.name, service.uid, operation?.uid ?? null),
  );
};
