import { readdirSync } from 'node:fs';
import { isBelow, workingDirectory } from './find.ts';
import { isAlive, kernelBootId, type ProcessIdentity } from './identity.ts';
import { errorCode, readProcFile, readStat, type ProcStat } from './stat.ts';

/**
 * A process group that the agent started: its leader opened a session of its own. `home` is the working directory that
 * its members had at the start; with the leader dead it tells them from strangers whose group has the same number.
 */
export interface ProcessGroup {
  readonly leader: ProcessIdentity;
  readonly home: string;
}

/** The living members of the group, the leader first where it lives. Empty where there are none. */
export const groupMembers = (group: ProcessGroup): number[] => {
  const { leader } = group;
  if (leader.kernelBootId !== kernelBootId()) return [];
  const now = readStat(leader.pid);
  // Another process has the leader's pid: then the group of that number is its, for the kernel gives out no pid in use.
  if (now !== null && now.startTicks !== leader.startTicks) return [];
  const members = allStats().filter((stat) => stat.group === leader.pid && stat.session === leader.pid);
  const mine = now !== null ? members : members.filter((stat) => isLeftover(stat, group));
  return mine.map(({ pid }) => pid).sort((left, right) => Number(right === leader.pid) - Number(left === leader.pid));
};

/**
 * Sends a signal to every living member of the group, verified by pid and start time. Returns how many got it; 0 where the
 * group is gone.
 */
export const signalGroup = (group: ProcessGroup, signal: NodeJS.Signals): number =>
  groupMembers(group).filter((pid) => send(pid, signal)).length;

/** Sends a signal to the leader alone. False where it is gone. */
export const signalLeader = (group: ProcessGroup, signal: NodeJS.Signals): boolean =>
  isAlive(group.leader) && send(group.leader.pid, signal);

const send = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
};

/** With the leader dead: born after it, and still in the unit's home or with the unit's home in its environment. */
const isLeftover = (stat: ProcStat, { leader, home }: ProcessGroup): boolean =>
  stat.startTicks >= leader.startTicks &&
  (isBelow(workingDirectory(stat.pid), home) || hasHomeInEnvironment(stat.pid, home));

const hasHomeInEnvironment = (pid: number, home: string): boolean =>
  readProcFile(`/proc/${pid}/environ`)?.split('\0').includes(`YIQIU_UNIT_HOME=${home}`) ?? false;

/** Every living process of the machine. */
const allStats = (): ProcStat[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => readStat(Number(entry)))
    .filter((stat) => stat !== null);
