import type { UnitView } from '@yiqiu/contracts';
import { tempDir, waitFor } from '@yiqiu/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchInput } from '../bench.ts';
import { startPlatform, type RunningPlatform } from '../platform/start.ts';
import { applyGroup, createPackage, destroyGroup, serviceName, untilDone, untilRunning } from '../program/group.ts';
import { buildProgram } from '../program/package.ts';
import type { Figure } from '../report/figure.ts';
import { latencyFigures } from '../report/percentile.ts';
import { stampOf } from './stamp.ts';

const machines = 5;
const changeDeadlineMs = 120_000;
const version = '1.0.0';

/** `parallel`: how many units the roll-out changes at a time; one is what a service has that says nothing. */
const scenarios = [
  { units: 10, parallel: 10 },
  { units: 10, parallel: 1 },
  { units: 50, parallel: 50 },
] as const;

/** From a changed configuration to the process that has taken it, for each unit of a service. */
export const configBench: Bench = async (input) => {
  const temp = tempDir();
  const platform = await startPlatform({ machines });
  try {
    await createPackage(platform.rest);
    const { archive } = await buildProgram(version, join(temp.path, 'program'));
    await platform.rest.pushProgram(archive);
    const figures: Figure[] = [];
    for (const scenario of scenarios) figures.push(...(await measure(platform, scenario, input)));
    return figures;
  } finally {
    await platform.stop();
    temp.remove();
  }
};

const measure = async (
  platform: RunningPlatform,
  { units: count, parallel }: (typeof scenarios)[number],
  { effort, say }: BenchInput,
): Promise<Figure[]> => {
  const { rest } = platform;
  const group = `bench${count}x${parallel}`;
  await applyGroup(rest, { name: group, version, units: count, maxParallel: parallel });
  const units = await untilRunning(rest, group, count);
  const files = units.map((unit) => stampFile(platform, unit));
  const rounds: number[][] = [];
  for (let change = 0; change < effort.configChanges; change += 1) {
    const value = `change-${change}`;
    const begin = Date.now();
    const answer = await rest.change('PATCH', `/groups/${group}/services/${serviceName}/config`, { stamp: value });
    rounds.push((await takenAt(files, value)).map((at) => Math.max(0, at - begin)));
    await untilDone(rest, answer);
  }
  const how = parallel === 1 ? 'one at a time' : 'all at once';
  say(`config: ${count} units, ${how}, ${effort.configChanges} changes`);
  await destroyGroup(rest, group);
  return latencyFigures({ bench: 'config', name: `change → in force, ${count} units ${how}`, rounds });
};

const stampFile = (platform: RunningPlatform, { name, machine, ports }: UnitView): string => {
  const port = ports['tcp'];
  if (machine === null || port === undefined) throw new Error(`${name} is RUNNING without a machine or a port`);
  return join(platform.machineRoot(machine), `${serviceName}_${port}`, 'run', 'stamp');
};

/** When each process took the value, by its own word, ms since the epoch. */
const takenAt = async (files: readonly string[], value: string): Promise<number[]> =>
  waitFor(
    () => {
      const stamps = files.map((file) => stampOf(readFileSync(file, 'utf8')));
      return stamps.every((stamp) => stamp.value === value) && stamps.map(({ at }) => at);
    },
    { deadlineMs: changeDeadlineMs, what: `${files.length} units to have taken ${value}` },
  );
