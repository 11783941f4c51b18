import { waitFor } from '@yiqiu/processes';
import { z } from 'zod';
import type { Rest } from './rest.ts';

const packages = [
  { name: 'small', cpuMilli: 500, memoryMiB: 256, diskMiB: 1_024, ports: 4 },
  { name: 'medium', cpuMilli: 1_000, memoryMiB: 1_024, diskMiB: 4_096, ports: 8 },
  { name: 'large', cpuMilli: 2_000, memoryMiB: 4_096, diskMiB: 16_384, ports: 16 },
] as const;

export const poolName = 'bj01';

/** What every local platform has: init strategy `default`, pool `bj01`, three packages. Repeating it changes nothing. */
export const seedBase = async (rest: Rest): Promise<void> => {
  await ensure(rest, '/init-strategies/default', '/init-strategies', {
    name: 'default',
    os: 'any',
    steps: [{ name: 'hello', run: 'uname -a', user: 'root', timeout: '30s' }],
    checks: [{ name: 'shell', run: 'test -x /bin/sh' }],
  });
  await ensure(rest, `/pools/${poolName}`, '/pools', {
    name: poolName,
    region: 'bj',
    initStrategy: 'default',
    autoOnline: true,
  });
  for (const pkg of packages) await ensure(rest, `/packages/${pkg.name}`, '/packages', pkg);
};

/** A person may have changed or removed a thing since: what is there stays as it is. */
const ensure = async (rest: Rest, item: string, list: string, body: unknown): Promise<void> => {
  if ((await rest.find(item)) !== null) return;
  await rest.post(list, body, `seed:${item}`);
};

const added = z.object({ joinToken: z.string() });
const machine = z.object({
  name: z.string(),
  state: z.string(),
  operation: z.object({ message: z.string().nullable() }).nullable(),
});

/** The one-time token of a machine that was not known yet; null for one that is. */
export const addMachine = async (rest: Rest, name: string, address: string): Promise<string | null> => {
  if ((await rest.find(`/machines/${name}`)) !== null) return null;
  const body = { name, address, pool: poolName };
  return added.parse(await rest.post('/machines', body, `seed:/machines/${name}:${crypto.randomUUID()}`)).joinToken;
};

/** Until the machine is READY, or somewhere beyond where only a person leads on. */
export const machineReady = async (rest: Rest, name: string, deadlineMs: number): Promise<void> => {
  let last = 'unknown';
  const settled = ['READY', 'ERROR_DETECTED', 'ERROR', 'OFFLINE'];
  try {
    await waitFor(
      async () => {
        const found = machine.parse(await rest.get(`/machines/${name}`));
        last = `${found.state}${found.operation?.message === undefined || found.operation.message === null ? '' : ` (${found.operation.message})`}`;
        return settled.includes(found.state);
      },
      { deadlineMs, what: `machine ${name} to be READY` },
    );
  } catch (error) {
    throw new Error(`machine ${name} is ${last} after ${deadlineMs / 1_000} s`, { cause: error });
  }
};
