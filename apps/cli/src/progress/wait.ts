import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { operationView, type OperationView } from '@yiqiu/contracts';
import { timeoutMs } from '../ask/parse.ts';
import { CliError, exitCodes } from '../exit.ts';
import { span } from '../output/age.ts';
import { counted } from '../output/count.ts';
import type { Answer, Rest } from '../platform/rest.ts';
import { ProgressLine } from './line.ts';

export interface WaitOptions {
  readonly detach?: boolean;
  readonly timeout: string;
}

const pollMs = 250;

/** `--detach`, `--timeout`. */
export const withWaiting = (command: Command): Command =>
  command
    .option('--detach', 'do not wait until it is done')
    .option('--timeout <duration>', 'how long to wait; what is asked for goes on after it', '10m');

/**
 * Waits until what was asked for is done, with progress on stderr. A platform that does not answer for a while is asked
 * again. Throws CliError: refused where it failed or was cancelled, timedOut at the deadline (it goes on).
 */
export const waitFor = async (rest: Rest, answer: Answer, options: WaitOptions, look: string): Promise<void> => {
  const deadline = timeoutMs(options.timeout);
  const { operation: id } = answer;
  if (id === null) return;
  if (options.detach === true) {
    process.stderr.write(`it goes on as operation ${id}\n  next: ${look}\n`);
    return;
  }
  const line = new ProgressLine();
  const started = performance.now();
  const interrupted = (): void => {
    line.clear();
    process.stderr.write(`not waiting any more; what was asked for goes on\n  next: ${look}\n`);
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    for (;;) {
      const elapsed = performance.now() - started;
      const operation = await operationOf(rest, id);
      if (operation !== null && operation.state !== 'running') return ended(operation, look);
      line.show(
        operation === null ? 'the platform does not answer; asking again' : textOf(operation),
        ` (${span(elapsed)})`,
      );
      if (elapsed >= deadline) {
        const last = operation?.progress.message ?? null;
        throw new CliError(
          exitCodes.timedOut,
          `not done after ${options.timeout}; it goes on${last === null ? '' : `: ${last}`}`,
          look,
        );
      }
      await delay(Math.min(pollMs, deadline - elapsed));
    }
  } finally {
    process.off('SIGINT', interrupted);
    line.clear();
  }
};

const textOf = ({ kind, target, progress }: OperationView): string =>
  `${kind} ${target}: ${progress.done} of ${counted(progress.total, 'unit')}${progress.message === null ? '' : `; ${progress.message}`}`;

const ended = ({ kind, target, state, error, progress }: OperationView, look: string): void => {
  if (state === 'succeeded') return;
  const why = error ?? progress.message ?? 'no reason was given';
  throw new CliError(
    exitCodes.refused,
    `${kind} ${target} ${state === 'failed' ? 'failed' : 'was cancelled'}: ${why}`,
    look,
  );
};

/** Null while it cannot be asked. */
const operationOf = async (rest: Rest, id: string): Promise<OperationView | null> => {
  try {
    return operationView.parse(await rest.get(`/operations/${encodeURIComponent(id)}`));
  } catch (error) {
    if (error instanceof CliError && error.exitCode === exitCodes.unreachable) return null;
    throw error;
  }
};
