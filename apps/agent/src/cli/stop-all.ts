import { powerOff } from '../app/power-off.ts';
import { lockHolder, lockRoot, readIdentity, RootTakenError, type RootLock } from '../identity/index.ts';
import type { AgentPaths } from '../layout/index.ts';
import { jsonLog } from '../log/index.ts';
import { isAlive, pause, signalLeader } from '../proc/index.ts';
import { openRoot, parseRoot } from './options.ts';

/** A running agent gets so long to end, ms. */
const agentStopMs = 15_000;
const pollMs = 50;

/** An announced power-off. Resolves with the exit code. */
export const stopAll = async (args: readonly string[]): Promise<number> => {
  const log = jsonLog((line) => process.stdout.write(line));
  process.umask(0o022);
  const paths = openRoot(parseRoot(args), false);
  const identity = readIdentity(paths);
  if (identity === null) {
    log.info('nothing to stop: this root has not joined');
    return 0;
  }
  const lock = await takeOver(paths);
  const { stopped } = await powerOff(paths, identity.machineUid, log);
  lock.release();
  log.info('powered off', { units: stopped });
  return 0;
};

/** Ends the agent that runs below the root, by pid and start time, and holds its lock. */
const takeOver = async (paths: AgentPaths): Promise<RootLock> => {
  const end = performance.now() + agentStopMs;
  let asked: number | null = null;
  for (;;) {
    try {
      return lockRoot(paths);
    } catch (error) {
      if (!(error instanceof RootTakenError) || performance.now() >= end) throw error;
    }
    const leader = lockHolder(paths);
    if (leader !== null && leader.pid !== asked && isAlive(leader)) {
      asked = leader.pid;
      signalLeader({ leader, home: paths.root }, 'SIGTERM');
    }
    await pause(pollMs, new AbortController().signal);
  }
};
