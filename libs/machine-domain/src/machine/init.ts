import { accept } from '@yiqiu/kernel';
import { changed, unchanged } from '../answers.ts';
import type { Verb } from './change.ts';
import { startAttempt } from './provision.ts';

/**
 * A new attempt at NEW → INITED; where one is under way, nothing changes. INITED follows by itself when every step and
 * check is done.
 */
export const init: Verb = (state, machine) => {
  if (machine.init !== null && machine.init.phase !== 'failed') return accept([], unchanged(machine.uid));
  return accept([startAttempt(state, machine)], changed(machine.uid));
};
