import { readdirSync, readlinkSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, hostname, machine, release, totalmem } from 'node:os';
import type { Inventory, Resources } from '@yiqiu/contracts';
import { readIfThere } from '../layout/index.ts';
import { errorCode, groupMembers, type ProcessGroup } from '../proc/index.ts';
import { foreignPorts, parseListeners } from './sockets.ts';

export interface InventoryOptions {
  readonly root: string;
  readonly address: string;
  /** Null: what the machine has. */
  readonly declared: Resources | null;
  /** Of the units with a process. */
  readonly groups: readonly ProcessGroup[];
  /** Of the units whose hooks do it all: whatever listens there is taken for theirs. */
  readonly hookPorts: readonly number[];
}

const mebi = 1024 * 1024;

/** What this machine is and has, as it goes with a hello. */
export const takeInventory = async (options: InventoryOptions): Promise<Inventory> => ({
  capacity: options.declared ?? (await readCapacity(options.root)),
  os: operatingSystem(readIfThere('/etc/os-release') ?? '').slice(0, 128),
  kernel: release().slice(0, 128),
  arch: (machine() || arch()).slice(0, 32),
  hostname: hostname().slice(0, 253),
  foreignPorts: listForeignPorts(options),
});

/** All CPUs, all memory, and the whole filesystem that holds the root. */
const readCapacity = async (root: string): Promise<Resources> => {
  const { bsize, blocks } = await statfs(root);
  return {
    cpuMilli: availableParallelism() * 1_000,
    memoryMiB: Math.floor(totalmem() / mebi),
    diskMiB: Math.floor((bsize * blocks) / mebi),
  };
};

/** `debian 12`, from os-release(5). */
export const operatingSystem = (osRelease: string): string => {
  const fields = new Map(
    osRelease.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1).replace(/^["']|["']$/g, '')];
    }),
  );
  return [fields.get('ID') ?? 'linux', fields.get('VERSION_ID') ?? ''].join(' ').trim();
};

const listForeignPorts = ({ address, groups, hookPorts }: InventoryOptions): number[] => {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readIfThere(path) ?? '');
  const ours = new Set(groups.flatMap(groupMembers).flatMap(socketInodes));
  const ports = foreignPorts(tables.flatMap(parseListeners), address, ours);
  return ports.filter((port) => !hookPorts.includes(port));
};

/** Inodes of the sockets that a process holds. */
const socketInodes = (pid: number): number[] => {
  const found: number[] = [];
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      if (inode !== undefined) found.push(Number(inode));
    }
  } catch (error) {
    // It ended, or closed one, while we looked.
    if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
  return found;
};
