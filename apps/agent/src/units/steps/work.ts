import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitCommand } from '@yiqiu/contracts';
import {
  effectOfChange,
  type ChangeCause,
  type ChangeEffect,
  type HookName,
  type HookSettings,
  type Manifest,
} from '@yiqiu/program/manifest-types';
import type { HookCall } from '@yiqiu/program/render';
import { AgentStopping, type Runner, type RunResult } from '../../hooks/index.ts';
import type { CommandKey, Journal } from '../../journal/index.ts';
import { readTail, writeFileAtomically, type AgentPaths } from '../../layout/index.ts';
import type { Log } from '../../log/index.ts';
import { errorCode, errorMessage, pause, type Account } from '../../proc/index.ts';
import type { ProgramCache } from '../../programs/index.ts';
import { makeInside, makeParentInside } from '../inside.ts';
import type { Permits } from '../permits.ts';
import { programHome } from '../program-link.ts';
import { reachFault } from '../reach.ts';
import { filesToWrite, renderFiles, writeFiles } from '../render.ts';
import type { UnitRuntime } from '../runtime.ts';
import { causeOf } from './cause.ts';
import { StepFailure } from './failure.ts';
import type { StepOutput } from './output.ts';

export interface StepTools {
  readonly paths: AgentPaths;
  readonly journal: Journal;
  readonly runner: Runner;
  readonly programs: ProgramCache;
  readonly permits: Permits;
  readonly log: Log;
  readonly stop: AbortSignal;
}

/** Bytes of the process's own output that a failed start carries. */
const logTailBytesMax = 16 * 1024;
/** How long a started unit may take to become ready where hook `start` has no time of its own, ms. */
const readyTimeoutMs = 60_000;
const readyPollMs = 50;
type RunSettings = Pick<HookSettings, 'user' | 'timeoutMs' | 'retries'>;
/** How long a step waits for its owner to send it again, once the platform answers, ms. */
const permitMs = 30_000;
const permitPollMs = 100;
const strength: { readonly [effect in ChangeEffect]: number } = { none: 0, reload: 1, restart: 2 };

/** One step at work on one unit: what all steps are made of. Everything here may be repeated after the agent's restart. */
export class StepWork {
  constructor(
    readonly key: CommandKey,
    readonly command: UnitCommand,
    readonly unit: UnitRuntime,
    readonly output: StepOutput,
    readonly tools: StepTools,
  ) {}

  get manifest(): Manifest {
    return this.unit.manifest();
  }

  /** Null where the user, by default the unit's, does not exist yet. */
  accountIfThere(user?: string): Account | null {
    try {
      return this.unit.account(user);
    } catch {
      // Only `runAccount` throws, and whoever needs the user asks it again and reports why.
      return null;
    }
  }

  /** Fails the step where one of the users that hooks and process run as cannot reach the home. Who does not exist is left out. */
  async requireReach(): Promise<void> {
    const { user, hooks } = this.manifest;
    for (const name of new Set([user, ...Object.values(hooks).map((settings) => settings.user)])) {
      const account = this.accountIfThere(name);
      const fault = account === null ? null : await reachFault(this.unit.home, account);
      if (fault !== null) throw new StepFailure(fault);
    }
  }

  hasHook(hook: HookName): boolean {
    return this.manifest.hooks[hook] !== undefined;
  }

  /** Runs the hook where there is one; fails the step where it fails. `as` tells several runs in one step apart. */
  async hook(hook: HookName, call: Partial<HookCall> = {}, as: string = hook): Promise<void> {
    const result = await this.tryHook(hook, call, as);
    if (result === null || result.exitCode === 0) return;
    throw new StepFailure(`hook ${hook}: ${result.message}${this.#held(hook, result)}`, result.exitCode);
  }

  /** Null where there is no such hook. */
  async tryHook(hook: HookName, call: Partial<HookCall>, as: string): Promise<RunResult | null> {
    const settings = this.manifest.hooks[hook];
    if (settings === undefined) return null;
    const result = await this.#run(join('hooks', hook), settings, call, hook, as);
    this.output.add(`hook ${as}`, result.output, result.truncated);
    return result;
  }

  /** Runs an executable of the program as page 03 says that hooks are run. */
  async #run(
    path: string,
    settings: RunSettings,
    call: Partial<HookCall>,
    hook: HookName,
    as: string,
  ): Promise<RunResult> {
    const { unit, command, tools } = this;
    const account = this.#account(settings.user);
    const given = { reason: command.reason, changed: command.changed, contextFile: this.#writeContext(account) };
    unit.openRelations(account);
    const result = await tools.runner.run({
      key: this.key,
      name: as,
      argv: [join(programHome(unit.home), path)],
      cwd: unit.home,
      env: unit.environment(account, { ...given, ...call }),
      account,
      kept: join(tools.paths.outputs(unit.record.home), hook),
      timeoutMs: settings.timeoutMs,
      retries: settings.retries,
    });
    unit.takeRelations();
    return result;
  }

  /** Does `work` once in this command's life, whatever becomes of the agent meanwhile; it may be cut off and begun again. */
  async once(mark: string, work: () => Promise<void>): Promise<void> {
    if (this.tools.journal.mark(this.key, mark) !== null) return;
    await work();
    this.tools.journal.saveMark(this.key, mark, 'done');
  }

  /** The value of the first call, kept over the agent's restarts. */
  remembered(mark: string, first: () => string): string {
    const kept = this.tools.journal.mark(this.key, mark);
    if (kept !== null) return kept;
    const value = first();
    this.tools.journal.saveMark(this.key, mark, value);
    return value;
  }

  /** conf, log and run, and what the templates say. The running process is owed the effect of what differs. */
  render(cause: ChangeCause): void {
    const { unit, manifest } = this;
    const account = this.accountIfThere();
    for (const directory of ['conf', 'log', 'run']) makeInside(unit.home, directory, account);
    const files = renderFiles(manifest, programHome(unit.home), unit.context());
    const differing = filesToWrite(files, unit.home, unit.record.rendered);
    const effect = effectOfChange(manifest, {
      cause,
      changedFiles: differing.map(({ to }) => to),
      changedKeys: this.command.reason === 'config' ? this.command.changed : [],
    });
    if (unit.isRunning()) this.owe(effect);
    if (differing.length === 0) return;
    writeFiles(differing, unit.home, account);
    unit.save({ rendered: Object.fromEntries(files.map(({ to, digest }) => [to, digest])) });
  }

  /** The strongest of what is owed holds until it was given. */
  owe(effect: ChangeEffect): void {
    const { effectDue } = this.unit.record;
    if (strength[effect] > strength[effectDue]) this.unit.save({ effectDue: effect });
  }

  /** Gives the running process what changed files owe it. A unit that does not run will read them when it starts. */
  async settleEffect(): Promise<void> {
    if (await this.settleReload()) return;
    await this.recycle();
  }

  /** The same, where a reload does; what a restart is owed for stays so. True where nothing is left. */
  async settleReload(): Promise<boolean> {
    const { effectDue } = this.unit.record;
    if (effectDue === 'none') return true;
    if (!this.unit.isRunning()) {
      this.unit.save({ effectDue: 'none' });
      return true;
    }
    const reload = this.manifest.process?.reload ?? null;
    if (effectDue !== 'reload' || reload === null) return false;
    if (reload.kind === 'signal') this.unit.supervisor.signal(reload.signal);
    else await this.#runReload(reload.run);
    this.unit.save({ effectDue: 'none' });
    return true;
  }

  /** Hook stop, stop, hook start, start, ready. */
  async recycle(): Promise<void> {
    await this.#permitted();
    await this.once('recycle-stopped', () => this.stopUnit('recycle-'));
    await this.startUnit('recycle-');
  }

  /** Hook start, the process, and the wait for ready. */
  async startUnit(prefix = ''): Promise<void> {
    const { unit } = this;
    unit.busy = 'starting';
    if (!unit.isRunning()) await this.#permitted();
    const logOffset = Number(this.remembered(`${prefix}log-offset`, () => String(sizeOf(unit.logFile))));
    await this.hook('start', {}, `${prefix}start`);
    if (this.manifest.process === null) {
      unit.save({ startedAt: unit.record.startedAt ?? Date.now() });
    } else {
      await this.#startProcess();
    }
    unit.save({ wanted: 'running', effectDue: 'none', bootDue: false });
    unit.refresh();
    await this.#waitReady(prefix, logOffset);
  }

  /** Hook stop, then the process. From the first moment on its end is no accident. */
  async stopUnit(prefix = ''): Promise<void> {
    const { unit } = this;
    unit.busy = 'stopping';
    unit.supervisor.release();
    unit.save({ wanted: 'stopped' });
    await this.hook('stop', {}, `${prefix}stop`);
    if (this.manifest.process !== null) await unit.supervisor.stop();
    unit.save({ startedAt: null });
    unit.refresh();
  }

  /**
   * Where another incarnation may run elsewhere by now, waits until the command is known to be wanted still; then with what
   * is known now. Fails the step where its owner, though it answers, does not say so.
   */
  async #permitted(): Promise<void> {
    const { unit, tools, key } = this;
    if (this.manifest.fencing === 'none') return;
    // What the agent does on its own account is permitted by the last command that was done.
    const judged = key.generation === 0 ? { generation: unit.record.generation, seq: unit.record.lastSeq } : key;
    let waitedMs = 0;
    for (;;) {
      const refusal = tools.permits.refusal(judged);
      if (refusal === null) break;
      if (tools.permits.isDropped(key)) throw new StepFailure('not started: its owner does not want it any more');
      if (waitedMs >= permitMs) throw new StepFailure(`not started: ${refusal}`);
      unit.waits = refusal;
      if (!(await pause(permitPollMs, tools.stop))) throw new AgentStopping();
      if (tools.permits.inContact) waitedMs += permitPollMs;
    }
    unit.waits = null;
    const context = tools.permits.renewed(key);
    if (context === null) return;
    unit.save({ command: { ...unit.record.command, context } });
    this.render(causeOf(this.command));
  }

  async #startProcess(): Promise<void> {
    try {
      await this.unit.supervisor.start();
    } catch (error) {
      throw new StepFailure(`the process cannot be started: ${errorMessage(error)}`, null, { cause: error });
    }
  }

  async #waitReady(prefix: string, logOffset: number): Promise<void> {
    const { unit } = this;
    const timeoutMs = this.manifest.hooks.start?.timeoutMs ?? readyTimeoutMs;
    const since = Number(this.remembered(`${prefix}ready-since`, () => String(Date.now())));
    for (;;) {
      if (unit.isRunning() && unit.health().ready) return;
      const state = unit.supervisor.state();
      const late = Date.now() - since >= timeoutMs;
      if (late || state.is === 'gave-up' || state.is === 'held') {
        const tail = readTail(unit.logFile, logTailBytesMax, logOffset);
        this.output.add('log/stdout.log', tail.text, tail.truncated);
        const why = [state.message, unit.health().message].filter((text) => text !== '').join('; ');
        const what = late ? `not ready within ${timeoutMs} ms` : 'the process does not stay up';
        throw new StepFailure(why === '' ? what : `${what}: ${why}`);
      }
      if (!(await pause(readyPollMs, this.tools.stop))) throw new AgentStopping();
    }
  }

  async #runReload(run: string): Promise<void> {
    const { hooks, user } = this.manifest;
    const settings = hooks.reload ?? { user, timeoutMs: readyTimeoutMs, retries: 0 };
    const result = await this.#run(run, settings, {}, 'reload', 'reload');
    this.output.add(run, result.output, result.truncated);
    if (result.exitCode !== 0) throw new StepFailure(`reload by ${run}: ${result.message}`, result.exitCode);
  }

  #account(user: string): Account {
    try {
      return this.unit.account(user);
    } catch (error) {
      throw new StepFailure(errorMessage(error));
    }
  }

  #writeContext(account: Account): string {
    const path = makeParentInside(this.unit.home, 'run/context.json', this.accountIfThere());
    writeFileAtomically(path, JSON.stringify(this.unit.context(), null, 2), {
      ...{ mode: 0o600, owner: account },
      // Written anew before each hook.
      sync: false,
    });
    return path;
  }

  #held(hook: HookName, result: RunResult): string {
    const holds = result.timedOut && this.manifest.hooks[hook]?.onDeadline === 'hold';
    return holds ? '; held for a person (onDeadline: hold)' : '';
  }
}

const sizeOf = (path: string): number => {
  try {
    return statSync(path).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
};
