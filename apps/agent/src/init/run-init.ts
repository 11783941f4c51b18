import { release } from 'node:os';
import type { InitCommand } from '@yiqiu/contracts';
import { AgentStopping, baseEnvironment, type Runner } from '../hooks/index.ts';
import type { CommandKey } from '../journal/index.ts';
import type { AgentPaths } from '../layout/index.ts';
import { errorMessage, runAccount } from '../proc/index.ts';
import type { StepOutcome } from '../units/index.ts';

export interface InitTools {
  readonly paths: AgentPaths;
  readonly runner: Runner;
}

/** The script was begun in another boot than this one. */
export type Begun = { readonly inThisBoot: boolean };

/**
 * One step or check of an init strategy: a script for `/bin/sh -eu`, or the kernel compared with `uname -r`. A step that
 * may reboot and was cut off by a boot is done; whether it did what it should is for the checks. Throws AgentStopping only.
 */
export const runInit = async (
  tools: InitTools,
  key: CommandKey,
  command: InitCommand,
  begun: Begun,
): Promise<StepOutcome> => {
  const kernel = command.kernel === null ? null : compareKernel(command.kernel, release());
  if (kernel !== null && (kernel.outcome === 'failed' || command.run === null)) return kernel;
  if (command.run === null) return settled('failed', `step ${command.name} has neither a script nor a kernel to check`);
  if (command.mayReboot && !begun.inThisBoot) {
    return settled('succeeded', `the machine booted during step ${command.name}; its checks decide`);
  }
  return runScript(tools, key, command, command.run);
};

/** `uname -r` is to be exactly that. */
export const compareKernel = (wanted: string, running: string): StepOutcome =>
  wanted === running
    ? settled('succeeded', `kernel ${running}`)
    : settled('failed', `kernel is ${running}, the strategy wants ${wanted}`);

const runScript = async (
  tools: InitTools,
  key: CommandKey,
  command: InitCommand,
  script: string,
): Promise<StepOutcome> => {
  try {
    const account = runAccount(command.user);
    const result = await tools.runner.run({
      key,
      name: 'script',
      argv: ['/bin/sh', '-eu', '-c', script],
      cwd: tools.paths.root,
      env: baseEnvironment(account, tools.paths.bin, process.env),
      account,
      kept: null,
      timeoutMs: command.timeoutMs,
      retries: 0,
    });
    return {
      ...settled(result.exitCode === 0 ? 'succeeded' : 'failed', result.message),
      exitCode: result.exitCode,
      output: result.output,
      outputTruncated: result.truncated,
    };
  } catch (error) {
    if (error instanceof AgentStopping) throw error;
    return settled('failed', errorMessage(error));
  }
};

const settled = (outcome: StepOutcome['outcome'], message: string): StepOutcome => ({
  outcome,
  exitCode: outcome === 'succeeded' ? 0 : null,
  message: message.slice(0, 4_000),
  output: '',
  outputTruncated: false,
  orphans: [],
});
