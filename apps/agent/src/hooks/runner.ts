import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outputBytesMax } from '@yiqiu/contracts';
import { keyText, type CommandKey, type Journal } from '../journal/index.ts';
import { boundLog, lastBytes, readIfThere, readTail, setAsideOf, type AgentPaths } from '../layout/index.ts';
import { asAccount, isAlive, killGroup, pause, spawnGated, type ProcessGroup } from '../proc/index.ts';
import { AgentStopping } from './errors.ts';
import { keepOutput } from './kept.ts';
import type { RunResult, RunSpec } from './run.ts';

/** Output files larger than this are cut down to their newer half while the hook runs, bytes. */
const runOutputBytesMax = 1024 * 1024;
/** The first wait between two looks, ms; it doubles up to {@link pollMsMax}. */
const pollMsFirst = 5;
const pollMsMax = 100;
const retryAfterMs = 1_000;
/** A run that ended while no agent was there, without leaving its exit code, is done once more. */
const lostMax = 1;

/**
 * Writes the exit code beside the output, so that it outlives the agent: one write, read when the process is dead, and no code
 * without its line end. $1: the run's directory; the rest: the command.
 */
const wrapper = `
dir=$1
shift
"$@"
code=$?
echo "$code" > "$dir/exit"
exit "$code"
`;
const exitLine = /^(\d+)\n$/;

interface Running {
  readonly group: ProcessGroup;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** How it ended, where it is this agent's child: a signal's name, or null for an exit. */
  readonly ended: { signal: NodeJS.Signals | null; done: boolean } | null;
}

type Ending = RunResult & { readonly lost: boolean };

/**
 * Runs hooks and scripts so that nothing is lost with the agent: output and exit code are files, pid and start time are
 * journalled before it begins. The same run asked for again is awaited where it lives, and read where it ended.
 */
export class Runner {
  readonly #paths: AgentPaths;
  readonly #journal: Journal;
  readonly #stop: AbortSignal;

  constructor(paths: AgentPaths, journal: Journal, stop: AbortSignal) {
    this.#paths = paths;
    this.#journal = journal;
    this.#stop = stop;
  }

  /** Until success or out of attempts. Throws {@link AgentStopping} where the agent is stopped meanwhile. */
  async run(spec: RunSpec): Promise<RunResult> {
    let failures = 0;
    let lost = 0;
    for (let attempt = 0; ; attempt += 1) {
      const ending = await this.#attempt(spec, attempt);
      if (ending.exitCode === 0) return ending;
      if (ending.lost && lost < lostMax) {
        lost += 1;
        continue;
      }
      failures += 1;
      if (failures > spec.retries) return { ...ending, message: withAttempts(ending.message, failures) };
      if (!(await pause(retryAfterMs, this.#stop))) throw new AgentStopping();
    }
  }

  /** What the command's runs left behind goes with its result. */
  forget(key: CommandKey): void {
    rmSync(this.#paths.runs(keyText(key)), { recursive: true, force: true });
  }

  async #attempt(spec: RunSpec, attempt: number): Promise<Ending> {
    const dir = join(this.#paths.runs(keyText(spec.key)), `${spec.name}-${attempt}`);
    const before = this.#journal.run(spec.key, spec.name, attempt);
    if (this.#stop.aborted) throw new AgentStopping();
    const running =
      before === null
        ? await this.#start(spec, attempt, dir)
        : { group: { leader: before.identity, home: spec.cwd }, startedAt: before.startedAt, ended: null };
    const timedOut = !(await this.#ended(spec, running, dir, running.startedAt + spec.timeoutMs));
    if (timedOut) await killGroup(running.group);
    return endingOf(dir, running, timedOut, spec.timeoutMs);
  }

  async #start(spec: RunSpec, attempt: number, dir: string): Promise<Running> {
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const outputFile = join(dir, 'output');
    if (spec.kept !== null) {
      writeFileSync(outputFile, '', { mode: 0o640 });
      keepOutput(outputFile, spec.kept);
    }
    const started = await spawnGated({
      argv: [dir, ...asAccount(spec.account), ...spec.argv],
      cwd: spec.cwd,
      env: spec.env,
      outputFile,
      script: wrapper,
    });
    const ended: { signal: NodeJS.Signals | null; done: boolean } = { signal: null, done: false };
    started.child.once('exit', (_code, signal) => Object.assign(ended, { signal, done: true }));
    const startedAt = Date.now();
    this.#journal.saveRun(spec.key, spec.name, attempt, started.identity, startedAt);
    started.open();
    return { group: { leader: started.identity, home: spec.cwd }, startedAt, ended };
  }

  /** False where the deadline (ms since the epoch) passed first. */
  async #ended({ kept }: RunSpec, running: Running, dir: string, deadline: number): Promise<boolean> {
    const output = join(dir, 'output');
    for (let pollMs = pollMsFirst; ; pollMs = Math.min(pollMs * 2, pollMsMax)) {
      const over = running.ended === null ? !isAlive(running.group.leader) : running.ended.done;
      if (over) return true;
      if (Date.now() >= deadline) return false;
      if (boundLog(output, runOutputBytesMax) && kept !== null) keepOutput(output, kept);
      if (!(await pause(Math.min(pollMs, Math.max(1, deadline - Date.now())), this.#stop))) throw new AgentStopping();
    }
  }
}

const endingOf = (dir: string, running: Running, timedOut: boolean, timeoutMs: number): Ending => {
  const path = join(dir, 'output');
  const [aside] = setAsideOf(path).slice(-1);
  const older = aside === undefined ? { text: '' } : readTail(aside.path, outputBytesMax);
  const newer = readTail(path, outputBytesMax);
  const output = lastBytes(older.text + newer.text, outputBytesMax);
  const truncated = older.text !== '' || newer.truncated;
  const given = { output, truncated, timedOut, lost: false };
  if (timedOut) return { ...given, exitCode: null, message: `deadline of ${timeoutMs} ms passed, killed` };
  const [, written] = exitLine.exec(readIfThere(join(dir, 'exit')) ?? '') ?? [];
  if (written !== undefined) {
    const code = Number(written);
    return { ...given, exitCode: code, message: code === 0 ? '' : `exit code ${code}` };
  }
  if (running.ended === null) {
    return { ...given, exitCode: null, message: 'ended while the agent was away, its exit code is lost', lost: true };
  }
  const how = running.ended.signal === null ? 'ended without an exit code' : `killed by ${running.ended.signal}`;
  return { ...given, exitCode: null, message: how };
};

const withAttempts = (message: string, attempts: number): string =>
  attempts === 1 ? message : `${message}, after ${attempts} attempts`;
