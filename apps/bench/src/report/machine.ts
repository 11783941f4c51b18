import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';

/** What the figures were measured on. */
export interface MachineSize {
  readonly cpus: number;
  readonly cpuModel: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly postgres: string;
  /** Of the directory that holds the database: a file system in memory makes every commit free. */
  readonly fileSystem: string;
  /** Runnable processes over the last minute when the run began: above 1 somebody else was at work. */
  readonly loadBefore: number;
}

/** `f_type` of statfs(2), as linux/magic.h has them. */
const fileSystems: { readonly [magic: number]: string } = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x794c7630: 'overlayfs',
  0x01021994: 'tmpfs',
  0x2fc12fc1: 'zfs',
};

export const machineSize = (postgres: string): MachineSize => {
  const { type } = statfsSync(tmpdir());
  return {
    cpus: availableParallelism(),
    cpuModel: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    postgres,
    fileSystem: fileSystems[type] ?? `0x${type.toString(16)}`,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
};
