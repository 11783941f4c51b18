import type { Binding } from '../unit/state.ts';

/** A grant as events have it, as a unit's binding. */
export const bindingOf = ({
  container,
  machineUid,
  machine,
  address,
  rack,
  zone,
  labels,
  resources,
  ports,
  home,
}: Binding): Binding => ({ container, machineUid, machine, address, rack, zone, labels, resources, ports, home });
