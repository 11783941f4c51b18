import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept, refusal, refuse } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import { serviceUnknown } from '../service/errors.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, serviceNamed } from '../state.ts';

export type StepDown = Command<'StepDown', { readonly name: string; readonly message: string | null }>;

/** Another unit leads as soon as one can. Refuses: service-unknown, leader-none, leader-alone. */
export const stepDownService = (state: ServiceState, { data }: StepDown): Decision<ServiceContextEvent> => {
  const service = serviceNamed(state, data.name);
  if (service === null) return refuse(serviceUnknown(data.name));
  const { uid, name, leader } = service;
  const unit = state.units.get(leader.now?.unitUid ?? '');
  if (unit === undefined) {
    return refuse(refusal('conflict', 'leader-none', `${name} has no leader`, { next: `yiqiu service show ${name}` }));
  }
  if (liveUnitsOf(state, uid).length < 2)
    return refuse(refusal('conflict', 'leader-alone', `${name} has one unit only: nobody else can lead`));
  if (leader.wanted !== null) return accept([], unchanged(name, uid));
  const message = data.message ?? 'a person asked for it';
  const asked = { uid, name, unitUid: unit.uid, unit: unit.name, message };
  return accept([{ stream: `service/${uid}`, type: 'StepDownRequested', version: 1, data: asked }], changed(name, uid));
};
