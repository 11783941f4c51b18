import type { ServiceContextEvent } from '@yiqiu/contracts';
import { objectOf } from '../json-text.ts';
import { configRevised } from '../service/config-revised.ts';
import type { ServiceRow } from '../service/state.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import type { DeploymentRow } from './state.ts';

/** Back to what was before: the version, and as another revision the configuration. */
export const rollBack = (
  state: ServiceState,
  service: ServiceRow,
  rollout: DeploymentRow,
  message: string,
): ServiceContextEvent[] => {
  const { uid, serviceUid, from } = rollout;
  const data = { uid, serviceUid, message };
  return [
    { stream: `deployment/${uid}`, type: 'DeploymentRollingBack', version: 1, data },
    ...formerProgram(state, service, from.programUid),
    ...formerConfig(service, from.configRevision),
  ];
};

const formerProgram = (state: ServiceState, service: ServiceRow, programUid: string): ServiceContextEvent[] => {
  if (programUid === service.spec.program.uid) return [];
  const { name, version, digest } = must(state.programs.get(programUid), `program ${programUid}`);
  const spec = { ...service.spec, program: { uid: programUid, name, version, digest } };
  const data = { uid: service.uid, name: service.name, spec };
  return [{ stream: `service/${service.uid}`, type: 'ServiceRevised', version: 1, data }];
};

const formerConfig = (service: ServiceRow, revision: number): ServiceContextEvent[] => {
  const now = configOf(service);
  const former = service.revisions.find((kept) => kept.revision === revision);
  if (now.revision === revision || former === undefined) return [];
  const values = objectOf(former.values);
  const config = objectOf(former.config);
  return [
    configRevised(service, { revision: now.revision + 1, values, config, changed: now.changed, operation: null }),
  ];
};
