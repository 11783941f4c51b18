import type { ResourceContextEvent } from '@yiqiu/contracts';

/** After which events something that waits may be placed: room came up, an ordinal is free, or a wish changed. */
export const makesRoom: { readonly [type in ResourceContextEvent['type']]: boolean } = {
  HostObserved: true,
  HostForgotten: true,
  PackageCreated: true,
  PlacementCancelled: true,
  ContainerReleasing: true,
  ContainerReleased: true,
  ContainerWaiting: true,
  ContainerAllocated: false,
  ContainerActivated: false,
  ContainerEvacuating: false,
  EvacuationHeld: false,
  HostFenced: false,
  MachineEvacuated: false,
  MachineClosed: false,
  MachineCloseRefused: false,
  PlacementPending: false,
  ResourceServiceDefined: false,
};
