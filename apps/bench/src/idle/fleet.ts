import { isRunning, spawnSupervised, type SupervisedProcess } from '@yiqiu/processes';
import { waitFor } from '@yiqiu/testing';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checkout } from '../checkout.ts';
import type { RunningPlatform } from '../platform/start.ts';

const fleetMain = join(checkout, 'apps', 'agent', 'dist', 'fleet', 'main.js');
const connectDeadlineMs = 180_000;
const readyDeadlineMs = 300_000;
const added = z.object({ name: z.string(), joinToken: z.string() });
const machinePage = z.object({ items: z.array(z.object({ state: z.string() })) });

/** Adds so many machines and starts their agents in one process below `dir`; resolves when all are READY. */
export const startFleet = async (
  { rest, net }: RunningPlatform,
  count: number,
  dir: string,
): Promise<SupervisedProcess> => {
  const machines = [];
  for (let number = 1; number <= count; number += 1) {
    const body = { name: `s${number}`, address: `${net}.${number}`, pool: 'bj01' };
    const { name, joinToken } = added.parse((await rest.change('POST', '/machines', body)).body);
    machines.push({ name, token: joinToken });
  }
  const file = join(dir, 'machines.json');
  writeFileSync(file, JSON.stringify(machines), { mode: 0o600 });
  const fleet = await spawnSupervised({
    name: 'the fleet',
    command: process.execPath,
    args: [fleetMain, '--dir', join(dir, 'machines'), '--server', rest.server, '--machines', file],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/' },
    logFile: join(dir, 'fleet.log'),
    endWithParent: 'SIGTERM',
  });
  try {
    const said = () => readFileSync(fleet.logFile, 'utf8');
    const isUp = (): boolean => {
      if (!isRunning(fleet.identity)) throw new Error(`the fleet ended:\n${said().slice(-4_000)}`);
      return said().includes(`fleet of ${count} is connected`);
    };
    await waitFor(isUp, { deadlineMs: connectDeadlineMs, what: 'the fleet to be connected' });
    await waitFor(
      async () => {
        const { items } = machinePage.parse(await rest.get('/machines?state=READY&limit=1000'));
        return items.length === count;
      },
      { deadlineMs: readyDeadlineMs, what: `${count} machines to be READY` },
    );
    return fleet;
  } catch (error) {
    await stopFleet(fleet);
    throw error;
  }
};

export const stopFleet = (fleet: SupervisedProcess): Promise<void> =>
  fleet.stop([{ signal: 'SIGTERM', deadlineMs: 20_000 }]);
