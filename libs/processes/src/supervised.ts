import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { once } from 'node:events';
import { processIdentity, processTree, type ProcessIdentity } from './identity.ts';
import { openLog } from './log-file.ts';
import { killTree, pauseTree, resumeTree, sendSignal, stopProcess, type StopStep } from './signal.ts';

export interface SpawnOptions {
  /** As it stands in errors. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment; nothing is inherited beside it. */
  readonly env: { readonly [name: string]: string };
  /** Gets stdout and stderr. A file and not a pipe, so that the process outlives a supervisor that is killed. */
  readonly logFile: string;
  /**
   * The signal the kernel sends when the process that spawned it ends, however it ends (prctl PR_SET_PDEATHSIG, through
   * setpriv). For tests; absent, the process lives on and is found again by its identity.
   */
  readonly endWithParent?: NodeJS.Signals;
  /** Flags of setpriv(1) to run under, as `--reuid=postgres`. */
  readonly privileges?: readonly string[];
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process in its own session: a Ctrl-C in the terminal does not reach it, its supervisor ends it in order. */
export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  readonly identity: ProcessIdentity;
  /** Resolves when it ends, for whatever reason; never rejects. */
  readonly exited: Promise<Exit>;
  readonly logFile: string;
  /** The process and its descendants, parents first. */
  pids(): number[];
  signal(signal: NodeJS.Signals): boolean;
  /** SIGSTOP to it and its descendants. */
  pause(): void;
  /** SIGCONT to it and its descendants. */
  resume(): void;
  /** SIGKILL to it and its descendants; resolves when all are gone. */
  kill(): Promise<void>;
  /** Each step's signal, then its deadline; SIGKILL at last. Resolves when it is gone. */
  stop(steps: readonly StopStep[]): Promise<void>;
}

/** Starts a process detached. Rejects where the command cannot be run; that it came up is the caller's to see. */
export const spawnSupervised = async (options: SpawnOptions): Promise<SupervisedProcess> => {
  const { name, logFile } = options;
  const [command, ...args] = commandLine(options);
  const log = openLog(logFile);
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      detached: true,
      env: { ...options.env },
      stdio: ['ignore', log, log],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    await once(child, 'spawn');
  } catch (error) {
    throw new Error(`${name} cannot be started: ${options.command}`, { cause: error });
  } finally {
    closeSync(log);
  }
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} was started without a pid`);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // The supervisor's own life does not hang on its children; whoever waits for one holds a timer.
  child.unref();
  return supervise(name, logFile, identify(pid), exited);
};

const supervise = (
  name: string,
  logFile: string,
  identity: ProcessIdentity,
  exited: Promise<Exit>,
): SupervisedProcess => ({
  name,
  pid: identity.pid,
  identity,
  exited,
  logFile,
  pids: () => processTree(identity.pid),
  signal: (signal) => sendSignal(identity.pid, signal),
  pause: () => pauseTree(identity),
  resume: () => resumeTree(identity),
  kill: () => killTree(identity),
  stop: (steps) => stopProcess(identity, steps),
});

/** A process that ended at once has no start time any more; no other can be mistaken for it either. */
const identify = (pid: number): ProcessIdentity => processIdentity(pid) ?? { pid, startTicks: 0, bootId: '' };

const commandLine = ({ command, args, endWithParent, privileges = [] }: SpawnOptions): [string, ...string[]] => {
  const deathSignal = endWithParent === undefined ? [] : ['--pdeathsig', endWithParent.replace(/^SIG/, '')];
  const flags = [...privileges, ...deathSignal];
  return flags.length === 0 ? [command, ...args] : ['setpriv', ...flags, '--', command, ...args];
};
