import type { Container } from './container/state.ts';
import type { Host } from './host/state.ts';
import type { Package } from './package/state.ts';
import type { HostUse } from './placement/host-use.ts';
import type { Shelf, Shelved } from './placement/shelf.ts';
import type { PendingPlacement } from './placement/state.ts';
import type { ResourceService } from './resource-service/state.ts';

/**
 * Context `resource` as its log tells it. Rows are replaced, never changed in place. What is below "Indexes" follows from
 * the rows and is rebuilt by `restore`.
 */
export type ResourceContextState = {
  readonly packages: Map<string, Package>;
  /** By machine uid. */
  readonly hosts: Map<string, Host>;
  /** By service uid; those that have a container or pending work. */
  readonly services: Map<string, ResourceService>;
  /** By uid; what is released is history. */
  readonly containers: Map<string, Container>;
  /** By request id, in the order in which they began to wait. */
  readonly pending: Map<string, PendingPlacement>;

  // Indexes.
  readonly packageByName: Map<string, string>;
  /** By machine uid: what its containers take. */
  readonly uses: Map<string, HostUse>;
  /** Machines that may have new containers, in the order in which they are looked at; by pool and capacity. */
  readonly shelves: Map<string, Shelf>;
  /** By machine uid: its place there. */
  readonly shelved: Map<string, Shelved>;
  readonly containersByUnit: Map<string, Set<string>>;
  readonly containersByService: Map<string, Set<string>>;
  readonly containerByRequest: Map<string, string>;
  /** Uids of containers that want a replacement which they do not have. */
  readonly seeking: Set<string>;
  readonly pendingByUnit: Map<string, Set<string>>;
  readonly pendingByService: Map<string, Set<string>>;
  /** `room`: position of the last event after which something that waits may fit; 0 for none since the fold began. */
  readonly latest: { room: number };
};

export const initialState = (): ResourceContextState => ({
  packages: new Map(),
  hosts: new Map(),
  services: new Map(),
  containers: new Map(),
  pending: new Map(),
  packageByName: new Map(),
  uses: new Map(),
  shelves: new Map(),
  shelved: new Map(),
  containersByUnit: new Map(),
  containersByService: new Map(),
  containerByRequest: new Map(),
  seeking: new Set(),
  pendingByUnit: new Map(),
  pendingByService: new Map(),
  latest: { room: 0 },
});

/** For evolve: what an event names must be there, else the log is damaged. Throws Error. */
export const must = <T>(row: T | undefined, what: string): T => {
  if (row === undefined) throw new Error(`log resource is damaged: ${what} is not there`);
  return row;
};
