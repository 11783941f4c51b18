import type { Backends } from '../backends/backends.ts';
import { FollowedLog, pause } from './followed-log.ts';
import { before, type Cursor, type EventFilter, type PlacedEvent } from './read.ts';

/** How often a log that holds others back is asked again how far it is, ms. */
const askEveryMs = 20;

/**
 * The events of several logs after a cursor, then what comes, in the order (hlc, context): an event goes out when no log can
 * bring an earlier one any more, which a log that is still tells by its closed timestamp. A log whose service is away holds
 * the others back for three seconds, then its events come later than their place. Ends when the signal aborts.
 */
export async function* followEvents(
  backends: Backends,
  filter: EventFilter,
  cursor: Cursor,
  signal: AbortSignal,
): AsyncGenerator<PlacedEvent> {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  let ring: () => void = () => undefined;
  ended.addEventListener('abort', () => ring(), { once: true });
  const logs = filter.contexts.map((context) => new FollowedLog(context, backends, filter, cursor[context]));
  const failures: unknown[] = [];
  const readers = logs.map((followed) =>
    followed
      .read(ended, () => ring())
      .catch((error: unknown) => {
        failures.push(error);
        ring();
      }),
  );
  try {
    while (!signal.aborted) {
      if (failures.length > 0) throw failures[0];
      const rung = new Promise<void>((resolve) => {
        ring = resolve;
      });
      const next = earliest(logs);
      if (next === null) {
        await rung;
        continue;
      }
      const behind = logs.filter((followed) => !followed.isBeyond(next.first.hlc));
      if (behind.length === 0) {
        next.followed.shift();
        yield next.first;
        continue;
      }
      await Promise.all(behind.map((followed) => followed.ask(ended)));
      if (behind.some((followed) => !followed.isBeyond(next.first.hlc))) {
        await Promise.race([rung, pause(askEveryMs, ended)]);
      }
    }
  } finally {
    stop.abort();
    for (const followed of logs) followed.clear();
    await Promise.all(readers);
  }
}

/** The earliest of all that wait. */
const earliest = (
  logs: readonly FollowedLog[],
): { readonly first: PlacedEvent; readonly followed: FollowedLog } | null => {
  let found: { readonly first: PlacedEvent; readonly followed: FollowedLog } | null = null;
  for (const followed of logs) {
    const { first } = followed;
    if (first !== undefined && (found === null || before(first, found.first) < 0)) found = { first, followed };
  }
  return found;
};
