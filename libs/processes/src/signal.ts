import { isRunning, processTree, type ProcessIdentity } from './identity.ts';
import { waitFor } from './wait-for.ts';
import { errorCode } from './error-code.ts';

export interface StopStep {
  readonly signal: NodeJS.Signals;
  /** How long to wait for the end before the next, harder step, ms. */
  readonly deadlineMs: number;
}

/** After SIGKILL only the kernel is waited for. */
const killDeadlineMs = 10_000;

/** Sends a signal; false where the process is gone already. */
export const sendSignal = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
};

/** To the process and its descendants, parents first, so that none is born behind our back. */
export const signalTree = (identity: ProcessIdentity, signal: NodeJS.Signals): void => {
  if (!isRunning(identity)) return;
  for (const pid of processTree(identity.pid)) sendSignal(pid, signal);
};

/** SIGSTOP to the process and its descendants. */
export const pauseTree = (identity: ProcessIdentity): void => signalTree(identity, 'SIGSTOP');

/** SIGCONT to the process and its descendants. */
export const resumeTree = (identity: ProcessIdentity): void => signalTree(identity, 'SIGCONT');

/** SIGKILL to the process and its descendants; resolves when all of them are gone. Rejects after 10 s. */
export const killTree = async (identity: ProcessIdentity): Promise<void> => {
  if (!isRunning(identity)) return;
  const pids = processTree(identity.pid);
  for (const pid of pids) sendSignal(pid, 'SIGKILL');
  await waitFor(() => pids.every((pid) => processTree(pid).length === 0), {
    deadlineMs: killDeadlineMs,
    what: `processes ${pids.join(', ')} to end after SIGKILL`,
  });
};

/**
 * Asks a process to end, harder at each step, and kills its whole tree when no step helped. A paused one is resumed
 * first, or it would hear nothing. Works on processes of an earlier run too: it needs no child handle.
 */
export const stopProcess = async (identity: ProcessIdentity, steps: readonly StopStep[]): Promise<void> => {
  for (const step of steps) {
    if (!isRunning(identity)) return;
    resumeTree(identity);
    sendSignal(identity.pid, step.signal);
    if (await ends(identity, step.deadlineMs)) return;
  }
  await killTree(identity);
};

const ends = async (identity: ProcessIdentity, deadlineMs: number): Promise<boolean> => {
  try {
    return await waitFor(() => !isRunning(identity), { deadlineMs, what: `process ${identity.pid} to end` });
  } catch {
    // Only the deadline ends the wait: the next step is harder.
    return false;
  }
};
