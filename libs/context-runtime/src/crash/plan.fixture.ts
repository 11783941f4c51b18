import { remembering, type CountersOptions } from '../fixtures/counters.fixture.ts';
import type { FaultPointName } from '../fault-point.ts';

/** What a child of the crash tests is to do; its only argument, as JSON. */
export interface ChildPlan {
  readonly postgresUrl: string;
  readonly natsUrl: string;
  /** Ids of the commands to submit, each one adding 1 to one of a few counters. */
  readonly commands: readonly string[];
  /** It kills itself at the n-th time it passes there; null: it goes on to the end. */
  readonly fault: { readonly name: FaultPointName; readonly pass: number } | null;
}

/** Lines that a child writes. */
export type ChildLine =
  { readonly kind: 'answered'; readonly id: string; readonly position: number } | ({ readonly kind: 'done' } & Hashes);

export interface Hashed {
  readonly position: number;
  readonly hash: string;
}

export interface Hashes {
  readonly machine: Hashed;
  readonly resource: Hashed;
}

/** Each event of machine that adds is answered in resource, and each of those answers in machine. */
export const crashDomains: { readonly machine: CountersOptions; readonly resource: CountersOptions } = {
  machine: { reactors: { resource: { ...remembering(), types: ['Remembered'] } } },
  resource: { reactors: { machine: remembering() } },
};
