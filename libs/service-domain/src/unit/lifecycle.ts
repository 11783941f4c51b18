import { unreachable } from '@yiqiu/kernel';
import type { Stage, UnitRow, UnitState } from './state.ts';

/** What a unit is shown as while unit_deploy is at a stage for the first time. */
const stateOfStage: { readonly [stage in Stage]: UnitState } = {
  install: 'INSTALLING',
  'config-changed': 'CONFIGURING',
  start: 'STARTING',
  'relation-changed': 'RELATING',
  up: 'RELATING',
};

/**
 * The state of page "Domain" as the facts of a unit give it: the one place where it is decided. Facts come from events, so
 * the state is a projection of them.
 */
export const unitStateOf = (unit: Omit<UnitRow, 'state' | 'since'>): UnitState => {
  if (unit.ghost) return 'REMOVED';
  if (unit.failed !== null) return 'FAILED';
  switch (unit.goal) {
    case 'leave':
      return unit.ended.includes('stop') ? 'REMOVING' : 'STOPPING';
    case 'stop':
      return unit.stopped ? 'STOPPED' : 'STOPPING';
    case 'run':
      if (unit.binding === null) return 'PENDING';
      if (unit.lastCommand === null) return 'ALLOCATED';
      if (unit.offer !== null || unit.fenced) return 'MIGRATING';
      if (unit.update !== null) return 'UPDATING';
      if (!unit.deployed) return stateOfStage[unit.stage];
      if (unit.stage !== 'up' || (unit.step !== null && !isNews(unit.step))) return 'UPDATING';
      return unit.health.ok ? 'RUNNING' : 'DEGRADED';
    default:
      return unreachable(unit.goal, 'unit goal');
  }
};

/** Tells a unit of the world around it; it serves on meanwhile. */
const isNews = ({ step, reason }: NonNullable<UnitRow['step']>): boolean =>
  step === 'member-add' ||
  step === 'member-remove' ||
  step === 'relation-departed' ||
  ((step === 'config-changed' || step === 'relation-changed') &&
    (reason === 'members' || reason === 'leader' || reason === 'relation'));

export const unitVerbNames = ['retry', 'skip', 'restart', 'stop', 'start'] as const;
export type UnitVerbName = (typeof unitVerbNames)[number];

/** What a person may ask of a unit in a state. The code, the refusals and the console read this table. */
const verbsOf: { readonly [state in UnitState]: readonly UnitVerbName[] } = {
  PENDING: [],
  ALLOCATED: ['stop'],
  INSTALLING: ['stop'],
  CONFIGURING: ['stop'],
  STARTING: ['stop'],
  RELATING: ['stop'],
  RUNNING: ['restart', 'stop'],
  DEGRADED: ['restart', 'stop'],
  UPDATING: ['stop'],
  MIGRATING: [],
  FAILED: ['retry', 'skip', 'restart', 'stop'],
  STOPPING: [],
  STOPPED: ['start'],
  REMOVING: [],
  REMOVED: [],
};

/** Verbs that send a step to the agent at once. */
const issues: ReadonlySet<UnitVerbName> = new Set(['retry', 'restart']);

/**
 * Verbs that a unit takes now. A unit that leaves is only helped on its way; what never came up is retried, not restarted; while
 * its agent is at a step (it may be told of its fellows while it is RUNNING) no other is sent.
 */
export const possibleVerbs = (unit: UnitRow): readonly UnitVerbName[] => {
  const verbs = verbsOf[unit.state].filter((verb) => unit.step === null || !issues.has(verb));
  if (unit.goal === 'leave') return verbs.filter((verb) => verb === 'retry' || verb === 'skip');
  return unit.state === 'FAILED' && !(unit.deployed && unit.stage === 'up')
    ? verbs.filter((verb) => verb !== 'restart')
    : verbs;
};

/** Neither on its way nor about to be: what an operation has nothing to wait for. */
export const isSettled = (unit: UnitRow): boolean =>
  unit.state === 'RUNNING' || unit.state === 'DEGRADED' || unit.state === 'STOPPED' || unit.state === 'FAILED';

/** Serves, so far as is known: shown as ready to its fellows. */
export const isReady = (unit: UnitRow): boolean => unit.state === 'RUNNING';

/**
 * Others may use it now: as long as it is healthy, also while its configuration is changed in place; not before it is ready,
 * nor after it began to stop, to move or to be replaced.
 */
export const isServing = (unit: UnitRow): boolean =>
  isReady(unit) ||
  (unit.state === 'UPDATING' &&
    unit.deployed &&
    unit.update === null &&
    unit.stage === 'up' &&
    unit.health.ok &&
    unit.step?.step === 'config-changed');
