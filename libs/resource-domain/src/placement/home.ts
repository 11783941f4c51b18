import type { PortRequest } from '@yiqiu/contracts';

/** `cache/redis` → `redis` */
const lastLabel = (service: string): string => service.slice(service.lastIndexOf('/') + 1);

/**
 * Directory name below the agent's root (page "Program packages", Directories): `<service>_<port>` with the first port, or
 * `<service>_<n>` with the lowest free n where the program has none. Null where that of the port is taken.
 */
export const homeFor = (
  service: string,
  wanted: readonly PortRequest[],
  ports: { readonly [name: string]: number },
  isTaken: (home: string) => boolean,
): string | null => {
  const label = lastLabel(service);
  const [first] = wanted;
  if (first !== undefined) {
    const home = `${label}_${ports[first.name] ?? 0}`;
    return isTaken(home) ? null : home;
  }
  for (let n = 0; ; n++) {
    const home = `${label}_${n}`;
    if (!isTaken(home)) return home;
  }
};
