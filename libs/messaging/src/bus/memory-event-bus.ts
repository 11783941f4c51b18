import type { ContextName } from '@yiqiu/kernel';
import type { BusEvent, EventBus, OutgoingEvent } from '../port.ts';
import { missingAfter } from './missing.ts';

/**
 * The bus in memory, for tests and simulation: no timers, no I/O. Keeps the promises of the real one, and loses what it is
 * told to lose.
 */
export class MemoryEventBus implements EventBus {
  readonly #events = new Map<ContextName, BusEvent[]>();
  readonly #waiting = new Set<() => void>();

  lastPublished(context: ContextName): Promise<{ position: number; lineage: string } | null> {
    const last = this.#events.get(context)?.at(-1);
    return Promise.resolve(last === undefined ? null : { position: last.position, lineage: last.lineage });
  }

  /** Rejects with PublishGapError as the real one does. */
  async publish(context: ContextName, events: readonly OutgoingEvent[]): Promise<void> {
    const kept = this.#events.get(context) ?? [];
    const added = missingAfter(kept.at(-1) ?? null, events);
    kept.push(...added.map(({ position, lineage, body }) => ({ position, lineage, body })));
    this.#events.set(context, kept);
    this.#wake();
  }

  async *consume(context: ContextName, afterPosition: number, signal: AbortSignal): AsyncGenerator<BusEvent> {
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      let previous: BusEvent | null = null;
      while (!signal.aborted) {
        const next: BusEvent | undefined = this.#nextAfter(context, afterPosition, previous);
        if (next === undefined) {
          await new Promise<void>((resolve) => this.#waiting.add(resolve));
          continue;
        }
        yield next;
        previous = next;
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  /** Forgets the events up to a position, as retention does; all where none is given, as a lost store does. */
  lose(context: ContextName, upToPosition = Number.POSITIVE_INFINITY): void {
    const kept = this.#events.get(context) ?? [];
    this.#events.set(
      context,
      kept.filter((event) => event.position > upToPosition),
    );
  }

  #nextAfter(context: ContextName, afterPosition: number, previous: BusEvent | null): BusEvent | undefined {
    const kept = this.#events.get(context) ?? [];
    const at = previous === null ? -1 : kept.indexOf(previous);
    if (at >= 0) return kept[at + 1];
    const after = previous?.position ?? afterPosition;
    // Like the real one: behind the cursor there may be another lineage, which the caller has to see.
    return (kept.at(-1)?.position ?? 0) < after ? kept[0] : kept.find((event) => event.position > after);
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}
