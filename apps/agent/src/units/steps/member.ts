import { StepFailure } from './failure.ts';
import type { StepWork } from './work.ts';

/**
 * On one member, for another that comes or went: files, then the hook with the other's name, then a reload where the files
 * ask for one. It never restarts anything: a restart stays owed to the next step of this unit that may give it.
 */
export const memberStep = async (work: StepWork, hook: 'member-add' | 'member-remove'): Promise<void> => {
  const { member } = work.command;
  if (member === null) throw new StepFailure(`step ${hook} names no member`);
  work.render('members');
  await work.hook(hook, { member });
  await work.settleReload();
};
