import { delay, freePort, tempDir } from '@yiqiu/testing';
import type { Bench, BenchInput } from '../bench.ts';
import { parts, startPlatform, type RunningPlatform } from '../platform/start.ts';
import { figureOf, type Figure } from '../report/figure.ts';
import { startFleet, stopFleet } from './fleet.ts';
import { watch, type Use } from './watch.ts';

const machines = 200;
/** How often their agents say that they live, as the profile of libs/platform-kit has it. */
const heartbeats = { production: 'heartbeats each 5 s', local: 'heartbeats each 1 s' } as const;
/** After the machines are READY, until their number is all that costs. */
const settlePart = 0.5;

/** What many machines cost that have nothing to do: the platform without any, then with them, watched as long. */
export const idleBench: Bench = async (input) => {
  const figures: Figure[] = [];
  for (const timing of input.effort.idleTimings) {
    const natsMonitorPort = await freePort();
    const platform = await startPlatform({ machines: 0, timing, natsMonitorPort });
    try {
      const { without, withFleet } = await measure(platform, natsMonitorPort, input);
      figures.push(...figuresOf(heartbeats[timing], without, withFleet));
    } finally {
      await platform.stop();
    }
  }
  return figures;
};

const measure = async (platform: RunningPlatform, natsMonitorPort: number, { effort, say }: BenchInput) => {
  const settleMs = effort.idleMs * settlePart;
  const temp = tempDir();
  try {
    say(`idle: the platform is up, without machines for ${(settleMs + effort.idleMs) / 1_000} s`);
    await delay(settleMs);
    const without = await watch(platform, natsMonitorPort, effort.idleMs);
    const begin = performance.now();
    const fleet = await startFleet(platform, machines, temp.path);
    try {
      say(`idle: ${machines} machines READY after ${Math.round((performance.now() - begin) / 1_000)} s`);
      await delay(settleMs);
      const more = new Map([['the machines’ own process', fleet.pid]]);
      return { without, withFleet: await watch(platform, natsMonitorPort, effort.idleMs, more) };
    } finally {
      await stopFleet(fleet);
    }
  } finally {
    temp.remove();
  }
};

const figuresOf = (how: string, without: Use, withFleet: Use): Figure[] => {
  const figure = (name: string, unit: string, value: number): Figure =>
    figureOf({ bench: 'idle', name: `${how}: ${name}`, unit, own: [value] });
  const of = (use: ReadonlyMap<string, number>, name: string): number => use.get(name) ?? 0;
  return [
    ...parts.flatMap((name) => [
      figure(`${name}, without machines`, '% of a CPU', of(without.cpuPercent, name)),
      figure(`${name}, with ${machines}`, '% of a CPU', of(withFleet.cpuPercent, name)),
      figure(`${name}, growth by ${machines}`, 'MiB RSS', of(withFleet.rssMiB, name) - of(without.rssMiB, name)),
    ]),
    ...[...withFleet.cpuPercent]
      .filter(([name]) => !without.cpuPercent.has(name))
      .map(([name, percent]) => figure(name, '% of a CPU', percent)),
    figure('NATS, without machines, in', 'messages/s', without.messagesIn),
    figure(`NATS, with ${machines}, in`, 'messages/s', withFleet.messagesIn),
    figure(`NATS, with ${machines}, out`, 'messages/s', withFleet.messagesOut),
  ];
};
