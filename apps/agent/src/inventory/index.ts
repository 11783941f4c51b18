export { takeInventory, type InventoryOptions } from './inventory.ts';
export { MachineProbe, type Probe, type ProbeResult } from './probe.ts';
