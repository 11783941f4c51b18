import { waitFor } from '@yiqiu/testing';
import { randomUUID } from 'node:crypto';
import type { Bench } from '../bench.ts';
import { followEvents } from '../platform/events.ts';
import type { Rest } from '../platform/rest.ts';
import { startPlatform } from '../platform/start.ts';
import { latencyFigures } from '../report/percentile.ts';

const eventDeadlineMs = 10_000;
const warmCommands = 30;

/** The streams that a command's event is looked for on. */
const streams = [
  { name: 'all three logs', query: '' },
  { name: 'one log', query: 'context=machine' },
] as const;

interface Trip {
  /** Until REST answered, ms. */
  readonly answerMs: number;
  /** Until the event stood in the stream, ms. */
  readonly eventMs: number;
}

/** From a REST command of one client to its answer, and to its event as server-sent event. */
export const restBench: Bench = async ({ effort, say }) => {
  const platform = await startPlatform({ machines: 1 });
  try {
    const measured = [];
    for (const { name, query } of streams) {
      const rounds: Trip[][] = [];
      for (let round = 0; round < effort.rounds; round += 1)
        rounds.push(await tripsOf(platform.rest, query, effort.latencyCommands));
      say(`rest: ${name}, ${effort.rounds} rounds of ${effort.latencyCommands} commands`);
      measured.push({ name, rounds });
    }
    const answers = measured.flatMap(({ rounds }) => rounds).map((trips) => trips.map(({ answerMs }) => answerMs));
    return [
      ...latencyFigures({ bench: 'rest', name: 'command → answer', rounds: answers }),
      ...measured.flatMap(({ name, rounds }) =>
        latencyFigures({
          ...{ bench: 'rest', name: `command → event on SSE, ${name}` },
          rounds: rounds.map((trips) => trips.map(({ eventMs }) => eventMs)),
        }),
      ),
    ];
  } finally {
    await platform.stop();
  }
};

/** One command after another, each begun when the event of the last was there. */
const tripsOf = async (rest: Rest, query: string, count: number): Promise<Trip[]> => {
  const seenAt = new Map<string, number>();
  const following = await followEvents(rest, query, ({ meta }) => {
    if (typeof meta['commandId'] === 'string') seenAt.set(meta['commandId'], performance.now());
  });
  try {
    const trips: Trip[] = [];
    for (let number = 0; number < warmCommands + count; number += 1) {
      const trip = await tripOf(rest, seenAt);
      if (number >= warmCommands) trips.push(trip);
    }
    return trips;
  } finally {
    await following.close();
  }
};

const tripOf = async (rest: Rest, seenAt: ReadonlyMap<string, number>): Promise<Trip> => {
  const key = randomUUID();
  const begin = performance.now();
  await rest.change('POST', '/machines/m1/label', { labels: { bench: key } }, key);
  const answerMs = performance.now() - begin;
  const at = await waitFor(() => seenAt.get(`rest:${key}`), {
    deadlineMs: eventDeadlineMs,
    what: `the event of command ${key}`,
  });
  return { answerMs, eventMs: at - begin };
};
