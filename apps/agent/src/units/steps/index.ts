import type { UnitStep } from '@yiqiu/contracts';
import type { Orphan } from '../data.ts';
import { configChanged } from './config-changed.ts';
import { install } from './install.ts';
import { relationChanged } from './relation-changed.ts';
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
  'relation-departed': (work) => work.hook('relation-departed', { relation: work.command.relation ?? '' }),
  'member-add': (work) => work.hook('member-add', { member: work.command.member ?? '' }),
  'member-remove': (work) => work.hook('member-remove', { member: work.command.member ?? '' }),
};

export { StepFailure } from './failure.ts';
export { StepOutput } from './output.ts';
export { StepWork, type StepTools } from './work.ts';
