import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept, refusal, refuse } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import { serviceRemoving } from '../group/errors.ts';
import { beginOperation } from '../operation/start.ts';
import { resolveProgram } from '../program/resolve.ts';
import { programRefOf } from '../program/state.ts';
import { startRollout } from '../rollout/start.ts';
import type { ServiceState } from '../state.ts';
import { serviceNamed, tallyOf } from '../state.ts';
import { configMoved, serviceUnknown } from './errors.ts';
import { configOf } from './state.ts';

/** To another version of the same program. */
export type UpgradeService = Command<
  'UpgradeService',
  {
    readonly name: string;
    /** `redis@7.0.15`, `redis@^7.0` */
    readonly program: string;
    /** The service's config values, checked by the shell against the schema of that version. */
    readonly checked: { readonly programUid: string; readonly revision: number };
  }
>;

/** Refuses: service-unknown, service-removing, program-unknown, program-differs, config-moved. */
export const upgradeService = (
  state: ServiceState,
  { data }: UpgradeService,
  ctx: Ctx,
): Decision<ServiceContextEvent> => {
  const service = serviceNamed(state, data.name);
  if (service === null) return refuse(serviceUnknown(data.name));
  const { uid, name, spec } = service;
  if (service.removing) return refuse(serviceRemoving(name));
  const resolved = resolveProgram(state, data.program, 'program', null);
  if (!resolved.ok) {
    const { problem } = resolved;
    return refuse(
      refusal('invalid', 'program-unresolved', problem.message ?? 'no such program', { errors: [problem] }),
    );
  }
  const { program } = resolved;
  if (program.name !== spec.program.name) {
    const message = `${name} runs ${programRefOf(spec.program)}; ${programRefOf(program)} is another program`;
    const errors = [{ field: 'program', value: data.program, allowed: `a version of ${spec.program.name}` }];
    return refuse(refusal('invalid', 'program-differs', message, { errors }));
  }
  if (program.uid === spec.program.uid) return accept([], unchanged(name, uid));
  const now = configOf(service);
  if (data.checked.programUid !== program.uid || data.checked.revision !== now.revision)
    return refuse(configMoved(name, data.checked.revision, now.revision));
  const operation = tallyOf(state, uid).live > 0 ? beginOperation(state, 'upgrade', service, ctx) : null;
  const target = { programUid: program.uid, configRevision: now.revision, operation: operation?.uid ?? null };
  const { version, digest } = program;
  const revised = { ...spec, program: { uid: program.uid, name: program.name, version, digest } };
  return accept(
    [
      ...(operation?.events ?? []),
      ...startRollout(state, service, { kind: 'upgrade', ...target }, ctx),
      { stream: `service/${uid}`, type: 'ServiceRevised', version: 1, data: { uid, name, spec: revised } },
    ],
    changed(name, uid, operation?.uid ?? null),
  );
};
