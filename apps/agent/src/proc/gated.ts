import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { once } from 'node:events';
import { identify, type ProcessIdentity } from './identity.ts';

export interface GatedSpawn {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: { readonly [name: string]: string };
  /** Gets stdout and stderr, appended. A file and no pipe: the process outlives the agent. */
  readonly outputFile: string;
  /** Where a plain `exec` of argv is not enough: a shell script that gets argv as "$@", with the gate read already. */
  readonly script?: string;
}

export interface GatedProcess {
  readonly identity: ProcessIdentity;
  readonly child: ChildProcess;
  /** Lets it run. Without this call it ends by itself as soon as the agent does. */
  open(): void;
}

/** Exit code of a process whose gate was never opened. */
export const gateShutCode = 125;

/**
 * Its directory may be the unit user's: a link laid there is not followed by an agent that is root, and a pipe is not waited
 * for. On a plain file O_NONBLOCK means nothing.
 */
const appending =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const gate = `read -r go <&3 || exit ${gateShutCode}\nexec 3<&-\n`;

/**
 * Starts a process in a session of its own that waits at a gate: the caller writes down its pid and start time, then opens.
 * An agent that dies between leaves no process behind that nobody knows. `exec` keeps pid and start time.
 */
export const spawnGated = async (options: GatedSpawn): Promise<GatedProcess> => {
  const output = openSync(options.outputFile, appending, 0o640);
  let child: ChildProcess;
  try {
    child = spawn('/bin/sh', ['-c', `${gate}${options.script ?? 'exec "$@"'}`, 'sh', ...options.argv], {
      cwd: options.cwd,
      env: { ...options.env },
      detached: true,
      stdio: ['ignore', output, output, 'pipe'],
    });
    await once(child, 'spawn');
  } finally {
    closeSync(output);
  }
  const { pid } = child;
  const door = child.stdio[3];
  if (pid === undefined || door == null || !('end' in door)) throw new Error('a spawned shell without pid or gate');
  // Killed before it read: the exit tells, the broken pipe adds nothing.
  door.on('error', () => undefined);
  const identity = identify(pid);
  if (identity === null) throw new Error(`process ${pid} ended before its gate was opened`);
  child.unref();
  return { identity, child, open: () => door.end('go\n') };
};
