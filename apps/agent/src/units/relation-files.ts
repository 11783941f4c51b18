import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { readIfThere, writeFileAtomically } from '../layout/index.ts';
import { errorCode, errorMessage, type Account } from '../proc/index.ts';
import {
  relationData,
  relationSetting,
  sizeFault,
  withSetting,
  type RelationData,
  type RelationSetting,
} from './relation-data.ts';

/**
 * In a unit's home, the agent's own: `data.json` holds what was published, `new/` what hooks just did and the agent has not
 * read yet. A hook may write into `new/` only, whoever it runs as; so the agent alone writes the data, and no hook waits for it.
 */
const directoryName = '.relations';
const dataOf = (home: string): string => join(home, directoryName, 'data.json');
const newOf = (home: string): string => join(home, directoryName, 'new');

/** Settings that the agent has not read, at most. */
const waitingMax = 1_000;
const settingBytesMax = 256 * 1024;

/** Before a hook runs: whoever it runs as may publish. */
export const openRelations = (home: string, account: Account): void => {
  const directory = join(home, directoryName);
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
  mkdirSync(newOf(home), { recursive: true });
  chmodSync(newOf(home), 0o700);
  chownSync(newOf(home), account.uid, account.gid);
  // Its bounds are checked against what is there.
  if (readIfThere(dataOf(home)) !== null) shareData(home);
};

/** What the home holds; empty where nothing was published. Throws on what the agent did not write. */
export const readRelations = (home: string): RelationData => {
  const text = readIfThere(dataOf(home));
  return text === null ? {} : relationData.parse(JSON.parse(text));
};

export interface Taken {
  readonly data: RelationData;
  readonly changed: boolean;
  /** Why settings were left out. */
  readonly faults: readonly string[];
}

/** Reads what hooks published since into `data`, on disk when it returns. May be repeated after an interruption. */
export const takeRelations = (home: string, data: RelationData): Taken => {
  const names = waiting(home);
  if (names.length === 0) return { data, changed: false, faults: [] };
  const faults: string[] = [];
  let after = data;
  for (const name of names) {
    const setting = readSetting(join(newOf(home), name));
    const next = typeof setting === 'string' ? after : withSetting(after, setting);
    const fault = typeof setting === 'string' ? setting : sizeFault(next);
    if (fault === null) after = next;
    else faults.push(fault);
  }
  const changed = JSON.stringify(after) !== JSON.stringify(data);
  if (changed) writeData(home, after);
  for (const name of names) rmSync(join(newOf(home), name), { force: true, recursive: true });
  return { data: after, changed, faults };
};

/** For the hook: its setting waits to be read. Throws where too much waits already, or it would be too much in all. */
export const publishSetting = (home: string, setting: RelationSetting): void => {
  const names = waiting(home);
  if (names.length >= waitingMax) throw new Error(`${names.length} settings wait for the agent already; does it run?`);
  const settings = names.map((name) => readSetting(join(newOf(home), name))).filter((one) => typeof one !== 'string');
  const fault = sizeFault([...settings, setting].reduce(withSetting, readRelations(home)));
  if (fault !== null) throw new Error(fault);
  writeFileAtomically(join(newOf(home), nameOf()), JSON.stringify(setting), { mode: 0o600 });
};

/** In the order in which they were published, also by two hooks of one millisecond. */
const nameOf = (): string => {
  const steady = String(process.hrtime.bigint()).padStart(20, '0');
  return `${String(Date.now()).padStart(15, '0')}-${steady}-${process.pid}.json`;
};

const waiting = (home: string): string[] => {
  try {
    return readdirSync(newOf(home))
      .filter((name) => /^\d{15}-\d{20}-\d+\.json$/.test(name))
      .sort()
      .slice(0, waitingMax);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
};

/** No link is followed and no pipe waited at: the directory is a hook's to write in. */
const readSetting = (path: string): RelationSetting | string => {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() || stats.size > settingBytesMax) return `${path} is no setting`;
      return relationSetting.parse(JSON.parse(readFileSync(file, 'utf8')));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return `${path} is no setting: ${errorMessage(error)}`;
  }
};

const writeData = (home: string, data: RelationData): void => {
  writeFileAtomically(dataOf(home), JSON.stringify(data), { mode: 0o640 });
  shareData(home);
};

/** Whoever may publish may read it, and only the agent write. */
const shareData = (home: string): void => {
  const { gid } = statSync(newOf(home));
  chownSync(dataOf(home), statSync(dataOf(home)).uid, gid);
};
