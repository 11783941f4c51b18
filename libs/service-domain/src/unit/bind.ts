import type { ServiceContextEvent } from '@yiqiu/contracts';
import { resourceCatalogue } from '@yiqiu/contracts';
import type { Command, Decision } from '@yiqiu/kernel';
import { accept } from '@yiqiu/kernel';
import type { z } from 'zod';
import type { ServiceState } from '../state.ts';

/** The data of the resource layer's ContainerAllocated. */
export const allocation = resourceCatalogue.ContainerAllocated[1];
export type Allocation = z.infer<typeof allocation>;

export type BindUnit = Command<'BindUnit', Allocation>;

/**
 * Takes a container for the unit that asked for it. What answers no open request, of this uid, incarnation and request, is
 * declined, and then released by its owner; it is never bound to whoever has the name now. Never refused.
 */
export const bindUnit = (state: ServiceState, { data }: BindUnit): Decision<ServiceContextEvent> => {
  const unit = state.units.get(data.unitUid);
  if (unit?.binding?.container === data.uid) return accept([]);
  const mismatch = mismatchOf(unit, data);
  const stream = `unit/${data.unitUid}`;
  if (mismatch !== null) {
    const declined = { container: data.uid, requestId: data.requestId, unit: data.unit, message: mismatch };
    return accept([{ stream, type: 'ContainerDeclined', version: 1, data: declined }]);
  }
  const { unitUid, unit: name, incarnation, requestId, uid: container, machineUid, machine, address } = data;
  const { rack, zone, labels, resources, ports, home } = data;
  const where = { container, machineUid, machine, address, rack, zone, labels, resources, ports, home };
  return accept([
    { stream, type: 'UnitBound', version: 1, data: { uid: unitUid, unit: name, incarnation, requestId, ...where } },
  ]);
};

const mismatchOf = (
  unit: ReturnType<ServiceState['units']['get']>,
  { unit: name, incarnation, requestId }: Allocation,
): string | null => {
  if (unit === undefined || unit.ghost) return `${name} is not wanted any more`;
  if (unit.goal === 'leave') return `${name} is being removed`;
  if (unit.incarnation !== incarnation) return `${name} has incarnation ${unit.incarnation}, not ${incarnation}`;
  if (unit.requestId !== requestId) return `${name} did not make request ${requestId}`;
  return unit.binding === null ? null : `${name} has container ${unit.binding.container} already`;
};
