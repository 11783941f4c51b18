import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../proc/index.ts';

export interface ProbeResult {
  readonly ok: boolean;
  /** At most 500 characters. */
  readonly message: string;
  readonly ms: number;
}

/** What a heartbeat says of its machine. */
export interface Probe {
  /** Answers within `waitMs`; never rejects. */
  run(waitMs: number): Promise<ProbeResult>;
}

/** ms; a filesystem or a fork that takes longer has failed. */
const probeTimeoutMs = 5_000;

/** Whether the machine still works: a real write with fsync below the managed root, and a real fork and exec. */
export class MachineProbe implements Probe {
  readonly #path: string;
  #last: ProbeResult = { ok: true, message: '', ms: 0 };
  /** One at a time: a write that hangs is not joined by more of its kind. */
  #underway: { readonly since: number; readonly done: Promise<ProbeResult> } | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Answers within `waitMs`: with the result, or while it is still under way with the last one, until 5 s have passed. Never
   * rejects.
   */
  async run(waitMs: number): Promise<ProbeResult> {
    this.#underway ??= this.#begin();
    const { since, done } = this.#underway;
    const result = await Promise.race([done, delay(waitMs, null, { ref: false })]);
    if (result !== null) return result;
    const ms = Math.round(performance.now() - since);
    return ms < probeTimeoutMs ? this.#last : { ok: false, message: `write, fsync or fork hangs for ${ms} ms`, ms };
  }

  #begin(): { readonly since: number; readonly done: Promise<ProbeResult> } {
    const since = performance.now();
    const judge = (error: unknown): ProbeResult => {
      const ms = Math.round(performance.now() - since);
      this.#last = { ok: error === null, message: error === null ? '' : errorMessage(error).slice(0, 500), ms };
      this.#underway = null;
      return this.#last;
    };
    return { since, done: this.#work().then(() => judge(null), judge) };
  }

  async #work(): Promise<void> {
    await writeAndSync(this.#path);
    await forkOnce();
  }
}

const writeAndSync = async (path: string): Promise<void> => {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(`${Date.now()}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
};

const forkOnce = async (): Promise<void> => {
  const child = spawn('/bin/true', { stdio: 'ignore' });
  await once(child, 'spawn');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`/bin/true ended with ${child.exitCode ?? child.signalCode}`);
};
