import type { Account } from '../proc/index.ts';
import type { CommandKey } from '../journal/index.ts';

/** A hook, an action of ours or a script of an init strategy. */
export interface RunSpec {
  /** The command for which it runs. */
  readonly key: CommandKey;
  /** Which run of that command; the same name is the same run, also after the agent's restart. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Working directory; for hooks the unit's home. */
  readonly cwd: string;
  /** The whole environment. */
  readonly env: { readonly [name: string]: string };
  readonly account: Account;
  /** Where what it prints can be read while it runs and afterwards, until the next run of that path; null: nowhere. */
  readonly kept: string | null;
  /** Per attempt, ms; then its whole process group is killed. */
  readonly timeoutMs: number;
  /** Further attempts after a failed first. */
  readonly retries: number;
}

export interface RunResult {
  /** 0 is success; null where a signal or the deadline ended it. */
  readonly exitCode: number | null;
  /** What went wrong, for people; empty after success. */
  readonly message: string;
  /** The end of stdout and stderr, at most {@link outputBytesMax} bytes. */
  readonly output: string;
  readonly truncated: boolean;
  readonly timedOut: boolean;
}
