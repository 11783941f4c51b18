import type { MachineState } from '@yiqiu/contracts';

/** Who may ask for a transition: a person (and our own automation in a person's place), or another layer's confirmation. */
export type Asker = 'person' | 'resource-layer';

export interface Transition {
  readonly from: MachineState;
  readonly verb: string;
  readonly to: MachineState | '(outside)';
  readonly asker: Asker;
  /** What must hold besides the state, for people. */
  readonly guard: string;
}

/**
 * The seed's state machine, exactly; `discard` is ours. The only place that says which verb leads where: decisions, the
 * possible verbs in every answer, and the docs are drawn from it.
 */
export const lifecycle = [
  {
    from: 'NEW',
    verb: 'init',
    to: 'INITED',
    asker: 'person',
    guard: 'every step and check of the strategy is reported done',
  },
  { from: 'NEW', verb: 'discard', to: '(outside)', asker: 'person', guard: 'for what never comes up' },
  { from: 'INITED', verb: 'online', to: 'READY', asker: 'person', guard: '' },
  { from: 'READY', verb: 'backup', to: 'INITED', asker: 'person', guard: '' },
  { from: 'INITED', verb: 'abnormal', to: 'ERROR_DETECTED', asker: 'person', guard: '' },
  { from: 'READY', verb: 'abnormal', to: 'ERROR_DETECTED', asker: 'person', guard: '' },
  {
    from: 'ERROR_DETECTED',
    verb: 'migrate_unit',
    to: 'ERROR',
    asker: 'resource-layer',
    guard: 'no live container is left on it',
  },
  { from: 'ERROR', verb: 'repair', to: 'NEW', asker: 'person', guard: '' },
  { from: 'ERROR', verb: 'offline', to: 'OFFLINE', asker: 'person', guard: 'the resource layer has closed it, empty' },
  { from: 'INITED', verb: 'offline', to: 'OFFLINE', asker: 'person', guard: 'the resource layer has closed it, empty' },
  { from: 'OFFLINE', verb: 'leave', to: '(outside)', asker: 'person', guard: '' },
] as const satisfies readonly Transition[];

export type LifecycleVerb = (typeof lifecycle)[number]['verb'];

export const transitionOf = (from: MachineState, verb: string): Transition | null =>
  lifecycle.find((row) => row.from === from && row.verb === verb) ?? null;

/** The verbs a person may use in a state, in the table's order. */
export const possibleVerbs = (from: MachineState): readonly string[] =>
  lifecycle.filter((row) => row.from === from && row.asker === 'person').map((row) => row.verb);
