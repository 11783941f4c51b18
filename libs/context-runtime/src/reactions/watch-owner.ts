import { pause, type Timers } from '../host/index.ts';
import { ForeignLineageError } from './errors.ts';

export interface WatchOwnerOptions {
  readonly timers: Timers;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly position: () => number;
  /** Throws ForeignLineageError where the owner has another history. */
  readonly ownerPosition: () => Promise<number>;
  /** Called once, before the answer. */
  readonly onStuck: () => void;
  /** The owner could not be asked; it is asked again. */
  readonly onUnreachable: (error: unknown) => void;
}

export type Watched =
  | { readonly kind: 'aborted' }
  | { readonly kind: 'behind'; readonly upTo: number }
  | { readonly kind: 'foreign'; readonly error: ForeignLineageError };

/**
 * Watches a subscription: where nothing came between two looks although the owner's log goes on, it answers how far that
 * goes. Never rejects.
 */
export const watchOwner = async (options: WatchOwnerOptions): Promise<Watched> => {
  const { timers, everyMs, signal, position, ownerPosition, onStuck, onUnreachable } = options;
  for (;;) {
    const before = position();
    await pause(timers, everyMs, signal);
    if (signal.aborted) return { kind: 'aborted' };
    if (position() !== before) continue;
    try {
      const upTo = await ownerPosition();
      if (signal.aborted) return { kind: 'aborted' };
      if (upTo <= before || position() !== before) continue;
      onStuck();
      return { kind: 'behind', upTo };
    } catch (error) {
      if (signal.aborted) return { kind: 'aborted' };
      if (error instanceof ForeignLineageError) {
        onStuck();
        return { kind: 'foreign', error };
      }
      onUnreachable(error);
    }
  }
};
