export { takeInventory, type InventoryOptions } from './inventory.ts';
export { MachineProbe, type ProbeResult } from './probe.ts';
