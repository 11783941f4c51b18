import { unitsMax } from '@yiqiu/contracts';
import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept, refuse } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import { serviceRemoving } from '../group/errors.ts';
import { beginOperation } from '../operation/start.ts';
import type { ServiceState } from '../state.ts';
import { serviceNamed } from '../state.ts';
import { serviceUnknown, unitsInvalid } from './errors.ts';
import { reconcileUnits } from './reconcile.ts';

export type ScaleService = Command<'ScaleService', { readonly name: string; readonly units: number }>;

/**
 * Out: the lowest free ordinals. In: the highest go, their data is kept.
 * Refuses: service-unknown, service-removing, units-invalid.
 */
export const scaleService = (state: ServiceState, { data }: ScaleService, ctx: Ctx): Decision<ServiceContextEvent> => {
  const service = serviceNamed(state, data.name);
  if (service === null) return refuse(serviceUnknown(data.name));
  if (service.removing) return refuse(serviceRemoving(service.name));
  if (data.units < 0 || data.units > unitsMax) return refuse(unitsInvalid(data.units, unitsMax));
  const { uid, name, desired } = service;
  if (data.units === desired) return accept([], unchanged(name, uid));
  const operation = beginOperation(state, 'scale', service, ctx);
  return accept(
    [
      ...operation.events,
      {
        stream: `service/${uid}`,
        type: 'ServiceScaled',
        version: 1,
        data: { uid, name, from: desired, to: data.units, operation: operation.uid },
      },
      ...reconcileUnits(state, service, data.units, ctx),
    ],
    changed(name, uid, operation.uid),
  );
};
