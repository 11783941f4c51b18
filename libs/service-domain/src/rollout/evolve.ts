import type { EnvelopeOf } from '../events.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import type { DeploymentRow } from './state.ts';
import { endedDeploymentsKept } from './state.ts';

const rowOf = (state: ServiceState, uid: string): DeploymentRow =>
  must(state.deployments.get(uid), `deployment ${uid}`);

export const indexDeployment = (state: ServiceState, { uid, serviceUid, endedAt }: DeploymentRow): void => {
  if (endedAt === null) state.index.rolloutOf.set(serviceUid, uid);
};

export const evolveDeploymentStarted = (state: ServiceState, event: EnvelopeOf<'DeploymentStarted'>): void => {
  const { uid, serviceUid, service, kind, programUid, configRevision, operation } = event.data;
  const row: DeploymentRow = {
    ...{ uid, serviceUid, service, kind, operation },
    from: { programUid: programUid.from, configRevision: configRevision.from },
    to: { programUid: programUid.to, configRevision: configRevision.to },
    state: 'running',
    held: false,
    message: null,
    startedAt: event.time,
    position: event.position,
    endedAt: null,
  };
  state.deployments.set(uid, row);
  indexDeployment(state, row);
  must(state.services.get(serviceUid), `service ${serviceUid}`).leader.stays = false;
};

export const evolveDeploymentPaused = (state: ServiceState, { data }: EnvelopeOf<'DeploymentPaused'>): void => {
  const row = rowOf(state, data.uid);
  row.state = 'paused';
  row.held = data.held;
  row.message = data.message;
};

export const evolveDeploymentResumed = (state: ServiceState, { data }: EnvelopeOf<'DeploymentResumed'>): void => {
  const row = rowOf(state, data.uid);
  row.state = 'running';
  row.held = false;
  row.message = null;
};

export const evolveDeploymentRollingBack = (
  state: ServiceState,
  { data }: EnvelopeOf<'DeploymentRollingBack'>,
): void => {
  const row = rowOf(state, data.uid);
  row.state = 'rolling-back';
  row.message = data.message;
};

export const evolveDeploymentFinished = (state: ServiceState, event: EnvelopeOf<'DeploymentFinished'>): void => {
  const row = rowOf(state, event.data.uid);
  row.state = event.data.state;
  row.message = event.data.message;
  row.endedAt = event.time;
  if (state.index.rolloutOf.get(row.serviceUid) === row.uid) state.index.rolloutOf.delete(row.serviceUid);
  let surplus = state.deployments.size - endedDeploymentsKept;
  for (const { uid, endedAt } of state.deployments.values()) {
    if (surplus <= 0) return;
    if (endedAt === null) continue;
    state.deployments.delete(uid);
    surplus -= 1;
  }
};
