import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept, refuse } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import { serviceRemoving } from '../group/errors.ts';
import { objectOf } from '../json-text.ts';
import { beginOperation } from '../operation/start.ts';
import { startRollout } from '../rollout/start.ts';
import type { ServiceState } from '../state.ts';
import { serviceNamed, tallyOf } from '../state.ts';
import { configRevised } from './config-revised.ts';
import { serviceUnknown } from './errors.ts';
import { configOf } from './state.ts';

export type RestartService = Command<'RestartService', { readonly name: string }>;

/**
 * Every unit once more, by the same roll-out as any other change: the configuration, unchanged, as a new revision whose
 * effect is a restart (`changed` names no key). Refuses: service-unknown, service-removing.
 */
export const restartService = (
  state: ServiceState,
  { data }: RestartService,
  ctx: Ctx,
): Decision<ServiceContextEvent> => {
  const service = serviceNamed(state, data.name);
  if (service === null) return refuse(serviceUnknown(data.name));
  const { uid, name, spec } = service;
  if (service.removing) return refuse(serviceRemoving(name));
  if (tallyOf(state, uid).live === 0) return accept([], unchanged(name, uid));
  const now = configOf(service);
  const operation = beginOperation(state, 'config', service, ctx);
  const revision = now.revision + 1;
  const target = { programUid: spec.program.uid, configRevision: revision, operation: operation.uid };
  const same = { values: objectOf(now.values), config: objectOf(now.config), changed: [] };
  return accept(
    [
      ...operation.events,
      ...startRollout(state, service, { kind: 'config', ...target }, ctx),
      configRevised(service, { revision, ...same, operation: operation.uid }),
    ],
    changed(name, uid, operation.uid),
  );
};
