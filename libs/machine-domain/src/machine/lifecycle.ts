import type { MachineState } from '@yiqiu/contracts';
import type { Machine } from './state.ts';

/** `(outside)` is no state: such a machine is not in the system. */
export type Place = MachineState | '(outside)';

/** Who may ask for a transition: a person (and our own automation in a person's place), or another layer's confirmation. */
export type Asker = 'person' | 'resource-layer';

/** What makes a transition wait for something else, although the state has it. */
export type Hold = 'no-agent' | 'going-offline' | 'heard';

export interface Transition {
  readonly from: Place;
  readonly verb: string;
  readonly to: Place;
  readonly asker: Asker;
  /** What must hold besides the state, for people. */
  readonly guard: string;
  readonly holds: readonly Hold[];
}

const closedEmpty = 'in two phases: the resource layer has closed it, empty';
const silent = 'it is silent beyond its lease; a person made sure that nothing of it runs';
const notLeaving = 'no offline is under way';

/**
 * The seed's state machine, exactly; `discard` is ours, and `declare-dead`, which is `abnormal` with a person's proof. The only place that says which verb leads where: decisions, the
 * fold, the possible verbs in every answer, and the docs are drawn from it.
 */
export const lifecycle = [
  { from: '(outside)', verb: 'add', to: 'NEW', asker: 'person', guard: 'its name is free in the tenant', holds: [] },
  {
    from: 'NEW',
    verb: 'init',
    to: 'INITED',
    asker: 'person',
    guard: 'every step and check of the strategy is reported done',
    holds: ['no-agent'],
  },
  { from: 'NEW', verb: 'discard', to: '(outside)', asker: 'person', guard: 'for what never comes up', holds: [] },
  { from: 'INITED', verb: 'online', to: 'READY', asker: 'person', guard: notLeaving, holds: ['going-offline'] },
  { from: 'READY', verb: 'backup', to: 'INITED', asker: 'person', guard: '', holds: [] },
  { from: 'INITED', verb: 'abnormal', to: 'ERROR_DETECTED', asker: 'person', guard: '', holds: [] },
  { from: 'READY', verb: 'abnormal', to: 'ERROR_DETECTED', asker: 'person', guard: '', holds: [] },
  { from: 'INITED', verb: 'declare-dead', to: 'ERROR_DETECTED', asker: 'person', guard: silent, holds: ['heard'] },
  { from: 'READY', verb: 'declare-dead', to: 'ERROR_DETECTED', asker: 'person', guard: silent, holds: ['heard'] },
  {
    from: 'ERROR_DETECTED',
    verb: 'declare-dead',
    to: 'ERROR_DETECTED',
    asker: 'person',
    guard: silent,
    holds: ['heard'],
  },
  {
    from: 'ERROR_DETECTED',
    verb: 'migrate_unit',
    to: 'ERROR',
    asker: 'resource-layer',
    guard: 'no live container is left on it',
    holds: [],
  },
  { from: 'ERROR', verb: 'repair', to: 'NEW', asker: 'person', guard: notLeaving, holds: ['going-offline'] },
  { from: 'ERROR', verb: 'offline', to: 'OFFLINE', asker: 'person', guard: closedEmpty, holds: [] },
  { from: 'INITED', verb: 'offline', to: 'OFFLINE', asker: 'person', guard: closedEmpty, holds: [] },
  { from: 'OFFLINE', verb: 'leave', to: '(outside)', asker: 'person', guard: '', holds: [] },
] as const satisfies readonly Transition[];

export type LifecycleVerb = (typeof lifecycle)[number]['verb'];

const held: { readonly [hold in Hold]: (machine: Machine) => boolean } = {
  'no-agent': (machine) => machine.session === null,
  'going-offline': (machine) => machine.offline !== null,
  heard: (machine) => !machine.suspect,
};

export const transitionOf = (from: Place, verb: string): Transition | null =>
  lifecycle.find((row) => row.from === from && row.verb === verb) ?? null;

/** What a transition of this machine waits for, or null. */
export const holdOf = (machine: Machine, transition: Transition): Hold | null =>
  transition.holds.find((hold) => held[hold](machine)) ?? null;

/** The verbs a person may use in a state, in the table's order. */
export const possibleVerbs = (from: Place): readonly string[] => byPerson(from).map((row) => row.verb);

/** The same for one machine, without those that wait for something. */
export const possibleFor = (machine: Machine): readonly string[] =>
  byPerson(machine.state)
    .filter((row) => holdOf(machine, row) === null)
    .map((row) => row.verb);

const byPerson = (from: Place): readonly Transition[] =>
  lifecycle.filter((row) => row.from === from && row.asker === 'person');
