import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { errorCode, processIdentity, processTree, type ProcessIdentity } from '@yiqiu/processes';

export interface UnitProcess {
  readonly pid: number;
  /** `cache/redis/0`, where its environment says so. */
  readonly unit: string | null;
  /** YIQIU_INCARNATION, where it is there. */
  readonly incarnation: number | null;
}

/**
 * What runs on a local machine beside its agent: every process whose environment names a unit home below the machine's
 * root (page "Program packages" promises YIQIU_UNIT_HOME to hooks and processes), or that works in one.
 */
export const unitProcesses = (machineRoot: string): UnitProcess[] => {
  const found: UnitProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const pid = Number(entry);
    if (pid === process.pid) continue;
    const env = environment(pid);
    const home = env.get('YIQIU_UNIT_HOME') ?? workingDirectory(pid);
    if (home === null || !isUnitHome(machineRoot, home) || processIdentity(pid) === null) continue;
    const incarnation = Number(env.get('YIQIU_INCARNATION'));
    found.push({
      pid,
      unit: env.get('YIQIU_UNIT') ?? null,
      incarnation: Number.isSafeInteger(incarnation) && incarnation > 0 ? incarnation : null,
    });
  }
  return found;
};

/** Below the machine's root, but not in its agent's own directory. */
const isUnitHome = (machineRoot: string, home: string): boolean =>
  home.startsWith(`${machineRoot}/`) && !`${home}/`.startsWith(`${machineRoot}/agent/`);

/** The identities of all of them and their descendants, for a kill that is verified. */
export const machineProcesses = (machineRoot: string): ProcessIdentity[] => {
  const pids = new Set(unitProcesses(machineRoot).flatMap(({ pid }) => processTree(pid)));
  return [...pids].map(processIdentity).filter((identity) => identity !== null);
};

const gone = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

const environment = (pid: number): ReadonlyMap<string, string> => {
  const variables = new Map<string, string>();
  for (const line of read(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))?.split('\0') ?? []) {
    const at = line.indexOf('=');
    if (at > 0) variables.set(line.slice(0, at), line.slice(at + 1));
  }
  return variables;
};

const workingDirectory = (pid: number): string | null => read(() => readlinkSync(`/proc/${pid}/cwd`));

/** Null for a process that ended meanwhile or is another user's. */
const read = <T>(look: () => T): T | null => {
  try {
    return look();
  } catch (error) {
    if (gone.includes(errorCode(error) ?? '')) return null;
    throw error;
  }
};
