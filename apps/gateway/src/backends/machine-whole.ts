import type { MachineView } from '@yiqiu/contracts';
import { resource, service } from '@yiqiu/contracts/grpc';
import { RefusedError } from '@yiqiu/kernel';
import type { Backends } from './backends.ts';

const options = { idempotent: true, deadlineMs: 5_000 } as const;

/**
 * What the machine layer does not know of a machine: what is allocated there, and whether it holds data of no unit. Null while
 * the layer that knows is away: that is no reason to keep an operator from the machines.
 */
export const machineWhole = async (backends: Backends): Promise<(machine: MachineView) => MachineView> => {
  const [allocated, withData] = await Promise.all([
    unlessAway(backends.resource.call(resource.ResourceServiceService.getAllocated, {}, options)),
    unlessAway(backends.service.call(service.ServicePlatformServiceService.getDataMachines, {}, options)),
  ]);
  const holding = withData === null ? null : new Set(withData.machines);
  return (machine) => ({
    ...machine,
    allocated: allocated === null ? null : (allocated.machines[machine.uid] ?? machine.allocated),
    holdsOrphans: holding?.has(machine.uid) ?? null,
  });
};

const unlessAway = async <T>(answer: Promise<T>): Promise<T | null> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RefusedError && error.error.kind === 'unavailable') return null;
    throw error;
  }
};
