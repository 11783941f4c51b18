import type { UnitCommand } from '@yiqiu/contracts';
import type { HomeOwner } from './owner-file.ts';

export type UnitAdmission =
  | { readonly is: 'go' }
  /** Nothing of it is here: done. */
  | { readonly is: 'nothing'; readonly message: string }
  | { readonly is: 'refused'; readonly message: string };

const go: UnitAdmission = { is: 'go' };

/**
 * Whether a step may work on its home. Pure. `holder`: whose the home is, by the journal or else by its `.owner`; null where
 * nobody's, and then only `install` makes one.
 */
export const admitStep = (command: UnitCommand, holder: HomeOwner | null): UnitAdmission => {
  const { step, home, unit, unitUid, incarnation } = command;
  const leaves = step === 'stop' || step === 'remove';
  if (holder === null) {
    if (step === 'install') return go;
    return leaves
      ? { is: 'nothing', message: `nothing of ${unit} is here: home ${home} is nobody's` }
      : { is: 'refused', message: `${unit} is not installed here: home ${home} is nobody's; install first` };
  }
  const held = `home ${home} is that of ${holder.unit} (unit ${holder.unitUid}, incarnation ${holder.incarnation})`;
  if (holder.unitUid !== unitUid) {
    return leaves
      ? { is: 'nothing', message: `nothing of ${unit} is here: ${held}` }
      : { is: 'refused', message: `${held}, not of ${unit}` };
  }
  if (incarnation < holder.incarnation) {
    return leaves
      ? { is: 'nothing', message: `nothing of incarnation ${incarnation} is left: ${held}` }
      : { is: 'refused', message: `incarnation ${incarnation} was outgranted: ${held}` };
  }
  // What leaves with a newer incarnation's command is what is left of an older one: the home was given to the newer.
  if (incarnation > holder.incarnation && step !== 'install' && !leaves) {
    return { is: 'refused', message: `incarnation ${incarnation} is not installed here: ${held}; install first` };
  }
  return go;
};
