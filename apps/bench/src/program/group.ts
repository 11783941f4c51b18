import { operationView, unitView, type UnitView } from '@yiqiu/contracts';
import { waitFor } from '@yiqiu/testing';
import { z } from 'zod';
import { RestError, type Answer, type Rest } from '../platform/rest.ts';

const runningDeadlineMs = 180_000;
const goneDeadlineMs = 180_000;
const operationDeadlineMs = 120_000;
const packageName = 'bench';
export const serviceName = 'web';

const unitPage = z.object({ items: z.array(unitView) });

export interface GroupOptions {
  readonly name: string;
  readonly version: string;
  readonly units: number;
  /** Of the roll-out's batches. */
  readonly maxParallel: number;
}

/** A small package of resources, so that many units fit on five machines. */
export const createPackage = async (rest: Rest): Promise<void> => {
  const small = { name: packageName, cpuMilli: 50, memoryMiB: 32, diskMiB: 64, ports: 1 };
  await rest.change('POST', '/packages', small);
};

/** `apply`, as REST takes it; the units come up meanwhile. */
export const applyGroup = async (rest: Rest, { name, version, units, maxParallel }: GroupOptions): Promise<void> => {
  const service = {
    ...{ program: `bench@${version}`, package: packageName, pools: ['bj01'], units },
    update: { canary: 0, maxParallel, minHealthy: 0 },
  };
  const document = { apiVersion: 'yiqiu/v1', kind: 'Group', name, services: { [serviceName]: service } };
  await rest.change('PUT', `/groups/${name}`, document);
};

/** Its units, once so many are RUNNING and nothing is to be done with them. */
export const untilRunning = (rest: Rest, group: string, count: number): Promise<UnitView[]> =>
  waitFor(
    async () => {
      const { items } = unitPage.parse(await rest.get(`/units?group=${group}&limit=1000`));
      const failed = items.find(({ state }) => state === 'FAILED');
      if (failed !== undefined) throw new Error(`${failed.name} has FAILED: ${failed.message ?? ''}`);
      return items.filter(({ state, step }) => state === 'RUNNING' && step === null).length === count && items;
    },
    { deadlineMs: runningDeadlineMs, what: `${count} units of ${group} to be RUNNING` },
  );

/** Resolves when nothing of it is left. */
export const destroyGroup = async (rest: Rest, group: string): Promise<void> => {
  await rest.change('DELETE', `/groups/${group}`, null);
  await waitFor(() => isGone(rest, `/groups/${group}`), {
    deadlineMs: goneDeadlineMs,
    what: `group ${group} to be gone`,
  });
};

const isGone = async (rest: Rest, path: string): Promise<boolean> => {
  try {
    await rest.get(path);
    return false;
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return true;
    throw error;
  }
};

/** Until what was asked for is done; at once where it is. Throws where it was not done well. */
export const untilDone = async (rest: Rest, { location }: Answer): Promise<void> => {
  if (location === null) return;
  const path = location.replace(/^.*\/api\/v1/, '');
  const end = await waitFor(
    async () => {
      const operation = operationView.parse(await rest.get(path));
      return operation.state !== 'running' && operation;
    },
    { deadlineMs: operationDeadlineMs, what: `${path} to end` },
  );
  if (end.state !== 'succeeded') throw new Error(`${end.kind} of ${end.target}: ${end.state}, ${end.error ?? ''}`);
};
