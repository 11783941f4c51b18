import type { UnitStep } from '@yiqiu/contracts';
import type { Orphan } from '../data.ts';
import { configChanged } from './config-changed.ts';
import { install } from './install.ts';
import { memberStep } from './member.ts';
import { relationChanged } from './relation-changed.ts';
import { relationDeparted } from './relation-departed.ts';
import { remove } from './remove.ts';
import { restart, start } from './start.ts';
import { stop } from './stop.ts';
import type { StepWork } from './work.ts';

/** What each step does; only `remove` leaves orphans. */
export const unitStepWork: { readonly [step in UnitStep]: (work: StepWork) => Promise<readonly Orphan[] | void> } = {
  install,
  'config-changed': configChanged,
  start,
  'relation-changed': relationChanged,
  stop,
  remove,
  restart,
  'relation-departed': relationDeparted,
  'member-add': (work) => memberStep(work, 'member-add'),
  'member-remove': (work) => memberStep(work, 'member-remove'),
};

export { StepFailure } from './failure.ts';
export { StepOutput } from './output.ts';
export { StepWork, type StepTools } from './work.ts';
