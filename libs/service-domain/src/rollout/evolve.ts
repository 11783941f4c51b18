import type { EnvelopeOf } from '../events.ts';
import type { ServiceState } from '../state.ts';
import { must } from '../state.ts';
import type { DeploymentRow } from './state.ts';
import { endedDeploymentsKept, gateMs } from './state.ts';
import { unhealthyBy } from './units.ts';

const rowOf = (state: ServiceState, uid: string): DeploymentRow =>
  must(state.deployments.get(uid), `deployment ${uid}`);

export const indexDeployment = (state: ServiceState, { uid, serviceUid, endedAt, gateBy }: DeploymentRow): void => {
  if (endedAt === null) state.index.rolloutOf.set(serviceUid, uid);
  if (gateBy !== null) state.index.deadlines.set(uid, gateBy);
};

const setGate = (state: ServiceState, row: DeploymentRow, gateBy: number | null): void => {
  row.gateBy = gateBy;
  if (gateBy === null) state.index.deadlines.delete(row.uid);
  else state.index.deadlines.set(row.uid, gateBy);
};

/** The health gate: it closes when a unit that the roll-out has reached turns unhealthy, and opens when all are well. */
export const watchGate = (state: ServiceState, serviceUid: string, now: number): void => {
  const row = state.deployments.get(state.index.rolloutOf.get(serviceUid) ?? '');
  const service = state.services.get(serviceUid);
  if (row === undefined || service === undefined) return;
  const unwell = row.state === 'running' && unhealthyBy(state, service).length > 0;
  if (unwell !== (row.gateBy !== null)) setGate(state, row, unwell ? now + gateMs : null);
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
    gateBy: null,
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
  setGate(state, row, null);
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
  setGate(state, row, null);
  row.message = data.message;
};

export const evolveDeploymentFinished = (state: ServiceState, event: EnvelopeOf<'DeploymentFinished'>): void => {
  const row = rowOf(state, event.data.uid);
  row.state = event.data.state;
  setGate(state, row, null);
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
