import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { asAccount, errorMessage, identify, killGroup, type Account } from '../proc/index.ts';

export interface ExecSpec {
  /** The first one is an absolute path. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
  readonly account: Account;
  readonly timeoutMs: number;
}

export interface ExecResult {
  /** null: killed, by the deadline or otherwise, or not started at all. */
  readonly exitCode: number | null;
  /** At most 4 KiB of it. */
  readonly stdout: string;
  readonly message: string;
}

const outputBytesMax = 4 * 1024;

/** Runs a short check. At the deadline its process group is killed. Never rejects. */
export const execCheck = async (spec: ExecSpec): Promise<ExecResult> => {
  const [command = '', ...args] = [...asAccount(spec.account), ...spec.argv];
  try {
    const child = spawn(command, args, {
      cwd: spec.cwd,
      env: { ...spec.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = firstBytes(child.stdout);
    const stderr = firstBytes(child.stderr);
    const closed = once(child, 'close');
    await once(child, 'spawn');
    const leader = child.pid === undefined ? null : identify(child.pid);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      if (leader !== null) void killGroup({ leader, home: spec.cwd });
      // A grandchild that left the group may hold the pipes.
      child.stdout.destroy();
      child.stderr.destroy();
    }, spec.timeoutMs);
    await closed;
    clearTimeout(timer);
    if (late) return { exitCode: null, stdout: '', message: `no result within ${spec.timeoutMs} ms` };
    const { exitCode, signalCode } = child;
    const how = exitCode === null ? `killed by ${signalCode ?? 'a signal'}` : `exit code ${exitCode}`;
    const said = (stderr() || stdout()).trim().slice(0, 300);
    return { exitCode, stdout: stdout(), message: exitCode === 0 ? '' : said === '' ? how : `${how}: ${said}` };
  } catch (error) {
    return { exitCode: null, stdout: '', message: errorMessage(error) };
  }
};

const firstBytes = (stream: NodeJS.ReadableStream): (() => string) => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    if (bytes >= outputBytesMax) return;
    chunks.push(chunk.subarray(0, outputBytesMax - bytes));
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
};
