import { completeInstall } from './install.ts';
import type { StepWork } from './work.ts';

/** Hook start, the process, the wait for ready. What runs already is given what its files owe it, and waited for alike. */
export const start = async (work: StepWork): Promise<void> => {
  work.unit.busy = 'starting';
  await completeInstall(work);
  work.render('config');
  if (work.unit.isRunning() && work.unit.record.effectDue !== 'none') await work.settleEffect();
  await work.startUnit();
};

/** The unit with its newest files, as a new process. */
export const restart = async (work: StepWork): Promise<void> => {
  work.unit.busy = 'starting';
  work.render('config');
  await work.recycle();
};
