import type { Resources } from '@yiqiu/contracts';

/** What the containers on one machine take: an index over them, changed in place. */
export interface HostUse {
  allocated: Resources;
  /** All that are known on the machine, also one whose place its replacement has taken over. */
  readonly containers: Set<string>;
  readonly ports: Set<number>;
  /** Directory names below the agent's root. */
  readonly homes: Set<string>;
}

/** What a container takes of its machine. */
export interface Taking {
  readonly uid: string;
  readonly resources: Resources;
  readonly ports: { readonly [name: string]: number };
  readonly home: string;
}

export const emptyUse = (): HostUse => ({
  allocated: { cpuMilli: 0, memoryMiB: 0, diskMiB: 0 },
  containers: new Set(),
  ports: new Set(),
  homes: new Set(),
});

export const copyOfUse = ({ allocated, containers, ports, homes }: HostUse): HostUse => ({
  allocated,
  containers: new Set(containers),
  ports: new Set(ports),
  homes: new Set(homes),
});

const plus = (a: Resources, b: Resources, sign: 1 | -1): Resources => ({
  cpuMilli: a.cpuMilli + sign * b.cpuMilli,
  memoryMiB: a.memoryMiB + sign * b.memoryMiB,
  diskMiB: a.diskMiB + sign * b.diskMiB,
});

/** Throws Error where a port or the home is taken: nothing may ever hold one twice on a machine. */
export const take = (use: HostUse, { uid, resources, ports, home }: Taking): void => {
  for (const port of Object.values(ports)) {
    if (use.ports.has(port))
      throw new Error(`log resource is damaged: container ${uid} takes port ${port} a second time`);
    use.ports.add(port);
  }
  if (use.homes.has(home))
    throw new Error(`log resource is damaged: container ${uid} takes home ${home} a second time`);
  use.homes.add(home);
  use.allocated = plus(use.allocated, resources, 1);
};

export const giveBack = (use: HostUse, { resources, ports, home }: Taking): void => {
  for (const port of Object.values(ports)) use.ports.delete(port);
  use.homes.delete(home);
  use.allocated = plus(use.allocated, resources, -1);
};
