import type { RunningPlatform } from '../platform/start.ts';
import { eventsAfter, lastPosition } from '../platform/events.ts';
import { applyGroup, destroyGroup, untilRunning } from '../program/group.ts';
import type { BuiltProgram } from '../program/package.ts';
import { pathOf } from './observe.ts';
import type { Leg } from './path.ts';

export interface OwnRound {
  /** From the apply to the last unit's RUNNING, ms. */
  readonly wallMs: number;
  /** Of each unit. */
  readonly paths: readonly (readonly Leg[])[];
}

/** Deploys so many units of a program that no machine has yet, and takes them away again. */
export const deployOwn = async (
  { rest, machineRoot }: RunningPlatform,
  { version, archive }: BuiltProgram,
  group: string,
  count: number,
): Promise<OwnRound> => {
  await rest.pushProgram(archive);
  const position = await lastPosition(rest);
  const appliedAt = Date.now();
  await applyGroup(rest, { name: group, version, units: count, maxParallel: 1 });
  const units = await untilRunning(rest, group, count);
  const events = await eventsAfter(rest, position);
  const paths = units.map(({ name }) => pathOf(name, appliedAt, events, machineRoot));
  await destroyGroup(rest, group);
  return { wallMs: Math.max(...paths.map((path) => path.reduce((sum, { ms }) => sum + ms, 0))), paths };
};
