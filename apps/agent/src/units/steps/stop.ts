import { pause } from '../../proc/index.ts';
import { AgentStopping } from '../../hooks/index.ts';
import { StepFailure } from './failure.ts';
import type { StepWork } from './work.ts';

/** Exit code of hook can-stop for "not now". */
const notNow = 75;
const askAgainMs = 2_000;

/** Asks hook can-stop, then hook stop, then the process. */
export const stop = async (work: StepWork): Promise<void> => {
  // A machine that powers off asks nobody.
  if (work.unit.isRunning() && work.command.reason !== 'boot') await askLeave(work);
  await work.stopUnit();
};

/**
 * Asks until the hook says yes or its own deadline is over. A unit that leaves for good is stopped then all the same (every
 * removal ends); any other step fails with the hook's reason and exit code.
 */
const askLeave = async (work: StepWork): Promise<void> => {
  const settings = work.manifest.hooks['can-stop'];
  if (settings === undefined) return;
  const since = Number(work.remembered('can-stop-since', () => String(Date.now())));
  for (let n = 0; ; n += 1) {
    const result = await work.tryHook('can-stop', {}, `can-stop.${n}`);
    if (result === null || result.exitCode === 0) return;
    const leaves = work.command.reason === 'remove' || work.command.reason === 'scale-in';
    const late = Date.now() - since >= settings.timeoutMs;
    if (!late && result.exitCode === notNow) {
      if (!(await pause(askAgainMs, work.tools.stop))) throw new AgentStopping();
      continue;
    }
    if (leaves) return;
    const said = result.output.trim().slice(-500);
    const what = result.exitCode === notNow ? 'not now' : `hook can-stop: ${result.message}`;
    throw new StepFailure(said === '' ? what : `${what}: ${said}`, result.exitCode);
  }
};
