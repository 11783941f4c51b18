import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept, refusal, refuse } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import { serviceUnknown } from '../service/errors.ts';
import type { ServiceState } from '../state.ts';
import { liveUnitsOf, serviceNamed } from '../state.ts';

/** A person gives up the service's data: the first unit begins it from nothing again when it is next installed. */
export type Reseed = Command<'Reseed', { readonly name: string; readonly message: string | null }>;

/** Refuses: service-unknown, reseed-needs-reason, service-empty. */
export const reseedService = (state: ServiceState, { data }: Reseed): Decision<ServiceContextEvent> => {
  const service = serviceNamed(state, data.name);
  if (service === null) return refuse(serviceUnknown(data.name));
  const { uid, name } = service;
  if (data.message === null || data.message === '') {
    return refuse(
      refusal('invalid', 'reseed-needs-reason', `beginning the data of ${name} from nothing needs a reason`, {
        errors: [{ field: 'reason', value: null, allowed: '1 to 500 characters' }],
        next: `yiqiu reseed ${name} --reason TEXT`,
      }),
    );
  }
  const unit = liveUnitsOf(state, uid)[0];
  if (unit === undefined) return refuse(refusal('conflict', 'service-empty', `${name} has no unit`));
  const seed = { uid, name, unitUid: unit.uid, unit: unit.name, reason: data.message };
  return accept([{ stream: `service/${uid}`, type: 'SeedChosen', version: 1, data: seed }], changed(name, uid));
};
