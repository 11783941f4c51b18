import type { Command, NewEvent } from '@yiqiu/kernel';
import { ContextRuntime } from './context-runtime.ts';
import { resolveOptions, type ContextOptions } from './options.ts';

/**
 * A context over its log and bus, not started yet. Checks the options (RangeError, TypeError) and that the log answers.
 */
export const openContext = async <S, C extends Command, E extends NewEvent>(
  options: ContextOptions<S, C, E>,
): Promise<ContextRuntime<S, C, E>> => {
  const resolved = resolveOptions(options);
  await resolved.log.head();
  return new ContextRuntime(resolved);
};
