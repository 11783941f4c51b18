import type { PackageView } from '@yiqiu/contracts';
import type { Package } from './state.ts';

export const packageView = ({ name, cpuMilli, memoryMiB, diskMiB, ports, pricePerHour }: Package): PackageView => ({
  name,
  cpuMilli,
  memoryMiB,
  diskMiB,
  ports,
  pricePerHour,
});
