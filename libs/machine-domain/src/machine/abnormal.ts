import { accept, refuse } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import { incidentBy } from '../watch/blast.ts';
import type { Verb } from './change.ts';
import { blastPassed } from './errors.ts';
import { faultEvents } from './fault.ts';

/**
 * INITED or READY → ERROR_DETECTED, by an operator: the upper layer is to migrate. An offline under way is given up. The
 * blast radius binds a person too; with `override` it is passed, and the reasons say so. Refuses: blast-radius.
 */
export const abnormal: Verb = (state, machine, { reason, now }, { override }) => {
  const incident = incidentBy(state, machine, now);
  if (incident !== null && !override) return refuse(blastPassed(machine, 'abnormal', incident));
  const said = reason ?? 'reported by an operator';
  const reasons = incident === null ? [said] : [said, `past the blast radius by override: ${incident}`];
  return accept(faultEvents(machine, 'operator', reasons), changed(machine.uid));
};
