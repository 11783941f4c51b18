import { causeOf } from './cause.ts';
import { completeInstall } from './install.ts';
import type { StepWork } from './work.ts';

/** Files, then the hook of what changed, then what the differing files owe the running process. */
export const configChanged = async (work: StepWork): Promise<void> => {
  await completeInstall(work);
  const cause = causeOf(work.command);
  work.render(cause);
  if (cause === 'members') await work.hook('members-changed');
  else if (cause === 'leader') await work.hook('leader-changed');
  else await work.hook('config-changed');
  await work.settleEffect();
};
