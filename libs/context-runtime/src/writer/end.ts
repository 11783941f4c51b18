import type { Command, ContextName } from '@yiqiu/kernel';
import type { InFlight } from './appender.ts';

/** Why a writer ended. Only after `closed` is memory what the log holds. */
export type WriterEnd<C extends Command> =
  | { readonly kind: 'closed' }
  | { readonly kind: 'aborted'; readonly why: string }
  | { readonly kind: 'not-appended'; readonly error: Error }
  | { readonly kind: 'unknown-outcome'; readonly error: Error; readonly batch: InFlight<C> }
  | { readonly kind: 'fenced'; readonly epoch: number }
  | { readonly kind: 'halted'; readonly error: Error }
  | { readonly kind: 'consumer-halted'; readonly context: ContextName; readonly error: Error };

/** The same for a person. */
export const whyEnded = <C extends Command>(end: WriterEnd<C>): string => {
  switch (end.kind) {
    case 'closed':
      return 'it is stopping';
    case 'aborted':
      return end.why;
    case 'fenced':
      return `another writer leads since epoch ${end.epoch}`;
    case 'not-appended':
    case 'unknown-outcome':
    case 'halted':
    case 'consumer-halted':
      return end.error.message;
  }
};
