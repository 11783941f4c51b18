import { groupMembers, signalGroup, signalLeader, type ProcessGroup } from './group.ts';
import { isAlive } from './identity.ts';
import { until } from './wait.ts';

/** After SIGKILL only the kernel is waited for. */
const killDeadlineMs = 10_000;
/** What is left of the group once its leader ended gets at least so long to end by itself. */
const leftoverMsMin = 1_000;

/**
 * Ends a group: the signal to its leader; once that ended, the same signal to what it left; at the deadline SIGKILL to
 * all. Resolves when none is left. Rejects only where SIGKILL did not help within 10 s.
 */
export const stopGroup = async (group: ProcessGroup, signal: NodeJS.Signals, timeoutMs: number): Promise<void> => {
  const end = performance.now() + timeoutMs;
  if (signalLeader(group, signal)) {
    // A process that stands still hears nothing but SIGKILL.
    signalLeader(group, 'SIGCONT');
    await until(() => !isAlive(group.leader), timeoutMs);
  }
  if (!isAlive(group.leader) && signalGroup(group, signal) > 0) {
    await until(() => groupMembers(group).length === 0, Math.max(leftoverMsMin, end - performance.now()));
  }
  await killGroup(group);
};

/** SIGKILL to the whole group. Resolves when none is left; rejects after 10 s. */
export const killGroup = async (group: ProcessGroup): Promise<void> => {
  const gone = await until(() => signalGroup(group, 'SIGKILL') === 0, killDeadlineMs);
  if (!gone) {
    throw new Error(`processes ${groupMembers(group).join(', ')} did not end within ${killDeadlineMs} ms of SIGKILL`);
  }
};
