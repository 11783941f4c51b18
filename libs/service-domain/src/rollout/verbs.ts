import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept, refusal, refuse } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { ServiceState } from '../state.ts';
import { finished } from './start.ts';
import type { DeploymentRow } from './state.ts';

export type ChangeDeployment = Command<
  'ChangeDeployment',
  { readonly uid: string; readonly verb: 'pause' | 'resume' | 'cancel'; readonly message: string | null }
>;

/** 404 */
export const deploymentUnknown = (uid: string) =>
  refusal('not-found', 'deployment-unknown', `there is no deployment ${uid}, or it is forgotten`, {
    next: 'yiqiu deployment list',
  });

/** Verbs that a roll-out takes in its state. */
export const deploymentVerbsOf = ({
  state,
}: Pick<DeploymentRow, 'state'>): readonly ('pause' | 'resume' | 'cancel')[] => {
  switch (state) {
    case 'running':
      return ['pause', 'cancel'];
    case 'paused':
      return ['resume', 'cancel'];
    case 'rolling-back':
      return ['cancel'];
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'rolled-back':
      return [];
  }
};

/** Refuses: deployment-unknown, deployment-state-forbids. */
export const changeDeployment = (state: ServiceState, { data }: ChangeDeployment): Decision<ServiceContextEvent> => {
  const row = state.deployments.get(data.uid);
  if (row === undefined) return refuse(deploymentUnknown(data.uid));
  const { uid, serviceUid, service } = row;
  if (data.verb === 'pause' && row.state === 'paused') return accept([], unchanged(service, uid));
  const possible = deploymentVerbsOf(row);
  if (!possible.includes(data.verb)) {
    const allowed = possible.length === 0 ? 'no verb is possible any more' : `possible: ${possible.join(', ')}`;
    const message = `deployment ${uid} of ${service} is ${row.state}, which does not allow ${data.verb}; ${allowed}`;
    return refuse(refusal('conflict', 'deployment-state-forbids', message, { state: row.state, possible }));
  }
  return accept([verbEvent(row, data.verb, serviceUid, data.message)], changed(service, uid));
};

const verbEvent = (
  row: DeploymentRow,
  verb: 'pause' | 'resume' | 'cancel',
  serviceUid: string,
  message: string | null,
): ServiceContextEvent => {
  const { uid } = row;
  const stream = `deployment/${uid}`;
  switch (verb) {
    case 'pause': {
      const data = { uid, serviceUid, held: false, message: message ?? 'paused by a person' };
      return { stream, type: 'DeploymentPaused', version: 1, data };
    }
    case 'resume':
      return { stream, type: 'DeploymentResumed', version: 1, data: { uid, serviceUid } };
    case 'cancel':
      return finished(row, 'cancelled', message ?? 'cancelled by a person');
  }
};
