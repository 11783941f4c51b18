import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { asAccount, spawnGated, type Account, type ProcessIdentity } from '../proc/index.ts';
import type { RestartPolicy } from './policy.ts';

/** A unit's process, rendered. */
export interface LaunchSpec {
  /** The first one is an absolute path. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: { readonly [name: string]: string };
  /** Working directory, the unit's home. */
  readonly home: string;
  readonly account: Account;
  /** By the names of prlimit(1); soft and hard alike. */
  readonly limits: { readonly [name: string]: number | 'unlimited' };
  /** Gets stdout and stderr. */
  readonly outputFile: string;
  readonly stop: { readonly signal: NodeJS.Signals; readonly timeoutMs: number };
  readonly restart: RestartPolicy;
}

export interface Launched {
  readonly identity: ProcessIdentity;
  readonly child: ChildProcess;
}

/**
 * Starts the process in a session of its own. `remember` writes down its identity before it runs one instruction of its
 * own: an agent killed at any point either left no process or knows it.
 */
export const launch = async (spec: LaunchSpec, remember: (identity: ProcessIdentity) => void): Promise<Launched> => {
  mkdirSync(dirname(spec.outputFile), { recursive: true });
  const limits = Object.entries(spec.limits).map(([name, value]) => `--${name}=${value}:${value}`);
  const argv = [...(limits.length === 0 ? [] : ['prlimit', ...limits, '--']), ...asAccount(spec.account), ...spec.argv];
  const { identity, child, open } = await spawnGated({
    argv,
    cwd: spec.home,
    env: spec.env,
    outputFile: spec.outputFile,
  });
  remember(identity);
  open();
  return { identity, child };
};
