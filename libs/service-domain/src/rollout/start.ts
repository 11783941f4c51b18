import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Ctx } from '@yiqiu/kernel';
import type { EventOf } from '../events.ts';
import type { ServiceRow } from '../service/state.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { tallyOf } from '../state.ts';
import type { DeploymentRow } from './state.ts';

export interface RolloutTarget {
  readonly kind: DeploymentRow['kind'];
  readonly programUid: string;
  readonly configRevision: number;
  readonly operation: string | null;
}

/** The roll-out that goes on for a service, or null. */
export const rolloutOf = (state: ServiceState, serviceUid: string): DeploymentRow | null =>
  state.deployments.get(state.index.rolloutOf.get(serviceUid) ?? '') ?? null;

/** Begins a roll-out, where there are units to roll it out to; one that goes on is overtaken by it. */
export const startRollout = (
  state: ServiceState,
  service: ServiceRow,
  target: RolloutTarget,
  ctx: Pick<Ctx, 'uuid'>,
): ServiceContextEvent[] => {
  if (tallyOf(state, service.uid).live === 0) return [];
  const uid = ctx.uuid();
  const running = rolloutOf(state, service.uid);
  const from = { programUid: service.spec.program.uid, configRevision: configOf(service).revision };
  const started: EventOf<'DeploymentStarted'> = {
    stream: `deployment/${uid}`,
    type: 'DeploymentStarted',
    version: 1,
    data: {
      uid,
      serviceUid: service.uid,
      service: service.name,
      kind: target.kind,
      programUid: { from: from.programUid, to: target.programUid },
      configRevision: { from: from.configRevision, to: target.configRevision },
      operation: target.operation,
    },
  };
  const overtaken = running === null ? [] : [finished(running, 'cancelled', `overtaken by deployment ${uid}`)];
  return [...overtaken, started];
};

export const finished = (
  { uid, serviceUid }: DeploymentRow,
  state: EventOf<'DeploymentFinished'>['data']['state'],
  message: string | null,
): EventOf<'DeploymentFinished'> => ({
  stream: `deployment/${uid}`,
  type: 'DeploymentFinished',
  version: 1,
  data: { uid, serviceUid, state, message },
});
