import { processTree } from '@yiqiu/processes';
import { delay } from '@yiqiu/testing';
import type { Bench } from '../bench.ts';
import { figureOf, type Figure, type Target } from '../report/figure.ts';
import { parts, pidOf, startPlatform, type RunningPlatform } from '../platform/start.ts';
import { memoryOf } from './proc.ts';

const machines = 5;
const agentMiBMax = 90;

/** Memory of each process of a whole platform that has come up and has nothing to do. */
export const memoryBench: Bench = async ({ effort, say }) => {
  const platform = await startPlatform({ machines });
  try {
    say(`memory: the platform is up, idle for ${effort.idleMs / 1_000} s`);
    await delay(effort.idleMs);
    return [...parts.flatMap((name) => partFigures(platform, name)), ...agentFigures(platform)];
  } finally {
    await platform.stop();
  }
};

/** A part and what it started: PostgreSQL has a process for each connection. */
const partFigures = (platform: RunningPlatform, name: string): Figure[] => {
  const all = processTree(pidOf(platform, name))
    .map(memoryOf)
    .filter((use) => use !== null);
  const label = all.length === 1 ? name : `${name}, ${all.length} processes`;
  return figures(label, [sum(all.map(({ rssMiB }) => rssMiB))], [sumIfAll(all.map(({ pssMiB }) => pssMiB))]);
};

const agentFigures = (platform: RunningPlatform): Figure[] => {
  const uses = Array.from({ length: machines }, (_, n) => memoryOf(pidOf(platform, `agent/m${n + 1}`)));
  const alive = uses.filter((use) => use !== null);
  if (alive.length < machines) throw new Error('an agent ended while it was to be idle');
  return figures(
    `agent, idle, ${machines} of them`,
    alive.map(({ rssMiB }) => rssMiB),
    alive.map(({ pssMiB }) => pssMiB),
    { below: agentMiBMax },
  );
};

const figures = (name: string, rss: readonly number[], pss: readonly (number | null)[], target?: Target): Figure[] => {
  const known = pss.filter((value) => value !== null);
  return [
    figureOf({ ...{ bench: 'memory', name, unit: 'MiB RSS', own: rss }, ...(target === undefined ? {} : { target }) }),
    ...(known.length < pss.length ? [] : [figureOf({ bench: 'memory', name, unit: 'MiB PSS', own: known })]),
  ];
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const sumIfAll = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : sum(known);
};
