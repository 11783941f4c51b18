import type { ContextName } from '@yiqiu/kernel';
import { RefusedError, refusal } from '@yiqiu/kernel';

/** The state could not take a decided event: memory is no longer the fold of the log, so the context stops. */
export class EvolveFailedError extends Error {
  override readonly name = 'EvolveFailedError';
}

/** A reaction says that going on would be wrong: its command was refused where that is a defect, or it threw. */
export class ReactionHaltError extends Error {
  override readonly name = 'ReactionHaltError';
}

export const unavailable = (context: ContextName, why: string): RefusedError =>
  new RefusedError(
    refusal(
      'unavailable',
      'context-unavailable',
      `context ${context} does not answer now: ${why}. The same command id may be sent again.`,
    ),
  );

export const exhausted = (context: ContextName, queueMax: number): RefusedError =>
  new RefusedError(
    refusal(
      'exhausted',
      'context-queue-full',
      `context ${context} has ${queueMax} commands waiting, which is its bound; send it again later`,
    ),
  );
