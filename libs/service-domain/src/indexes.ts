import { Deadlines } from '@yiqiu/kernel';
import type { ManifestView } from './program/manifest-view.ts';

/** What follows from the rows: never hashed, rebuilt by `restore`. */
export interface Indexes {
  /** `redis@7.0.15` → uid. */
  readonly programByRef: Map<string, string>;
  /** Program name → uids of its versions. */
  readonly programsByName: Map<string, Set<string>>;
  readonly manifests: Map<string, ManifestView>;
  readonly groupByName: Map<string, string>;
  readonly serviceByName: Map<string, string>;
  readonly servicesOfGroup: Map<string, Set<string>>;
  /** Ghosts have no name any more. */
  readonly unitByName: Map<string, string>;
  /** Ghosts included. */
  readonly unitsOfService: Map<string, Set<string>>;
  /** Ghosts included. */
  readonly unitsOnMachine: Map<string, Set<string>>;
  readonly tallies: Map<string, Tally>;
  readonly dataOfUnit: Map<string, Set<string>>;
  /** Target uid → operations that run on it. */
  readonly runningOn: Map<string, Set<string>>;
  readonly relationsOfRequirer: Map<string, Set<string>>;
  readonly relationsOfProvider: Map<string, Set<string>>;
  readonly virtualByName: Map<string, string>;
  /** Service uid → the roll-out that goes on. */
  readonly rolloutOf: Map<string, string>;
  /** What is seen of services and over relations, in short; computed when asked for. */
  readonly signatures: Map<string, string>;
  readonly peerSums: Map<string, PeerSums>;
  /** Key: unit uid. */
  readonly deadlines: Deadlines;
}

/** What the serving units of a service show each other, each and in sum modulo 2^64. */
export interface PeerSums {
  readonly total: bigint;
  readonly each: ReadonlyMap<string, bigint>;
}

/** A service's units, counted. `live` ones are those that are not leaving; ghosts do not count. */
export interface Tally {
  live: number;
  leaving: number;
  ready: number;
  failed: number;
  /** Live, and in a state that stays as it is without further events. */
  settled: number;
  /** Live, and its place is not known yet, nor that there is none. */
  unplaced: number;
}

export const emptyTally = (): Tally => ({ live: 0, leaving: 0, ready: 0, failed: 0, settled: 0, unplaced: 0 });

export const emptyIndexes = (): Indexes => ({
  programByRef: new Map(),
  programsByName: new Map(),
  manifests: new Map(),
  groupByName: new Map(),
  serviceByName: new Map(),
  servicesOfGroup: new Map(),
  unitByName: new Map(),
  unitsOfService: new Map(),
  unitsOnMachine: new Map(),
  tallies: new Map(),
  dataOfUnit: new Map(),
  runningOn: new Map(),
  relationsOfRequirer: new Map(),
  relationsOfProvider: new Map(),
  virtualByName: new Map(),
  rolloutOf: new Map(),
  signatures: new Map(),
  peerSums: new Map(),
  deadlines: new Deadlines(),
});

export const addTo = (index: Map<string, Set<string>>, key: string, uid: string): void => {
  const set = index.get(key);
  if (set === undefined) index.set(key, new Set([uid]));
  else set.add(uid);
};

export const dropFrom = (index: Map<string, Set<string>>, key: string, uid: string): void => {
  const set = index.get(key);
  if (set === undefined) return;
  set.delete(uid);
  if (set.size === 0) index.delete(key);
};
