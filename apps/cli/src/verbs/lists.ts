import type { Command } from 'commander';
import { machineView, packageView, poolView } from '@yiqiu/contracts';
import { z } from 'zod';
import { printRows, type Column } from '../output/print.ts';
import type { Session } from './shared/session.ts';

interface Noun<T extends { readonly name: string }> {
  readonly noun: string;
  readonly about: string;
  readonly path: string;
  readonly item: z.ZodType<T>;
  readonly columns: readonly Column<T>[];
}

type Pool = z.infer<typeof poolView>;
type Machine = z.infer<typeof machineView>;
type Package = z.infer<typeof packageView>;

const counts = (states: { readonly [state: string]: number }): string =>
  Object.entries(states)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');

const pools: Noun<Pool> = {
  noun: 'pool',
  about: 'pools of machines',
  path: '/pools',
  item: poolView,
  columns: [
    { title: 'NAME', value: (pool) => pool.name },
    { title: 'REGION', value: (pool) => pool.region },
    { title: 'STRATEGY', value: (pool) => pool.initStrategy },
    { title: 'MACHINES', value: (pool) => counts(pool.machines) },
    { title: 'FROZEN', value: (pool) => pool.frozen?.reason ?? '-' },
  ],
};

const machines: Noun<Machine> = {
  noun: 'machine',
  about: 'machines, with the seed’s states',
  path: '/machines',
  item: machineView,
  columns: [
    { title: 'NAME', value: (machine) => machine.name },
    { title: 'POOL', value: (machine) => machine.pool },
    { title: 'STATE', value: (machine) => machine.state },
    { title: 'ADDRESS', value: (machine) => machine.address },
    { title: 'AGENT', value: (machine) => (machine.agent.connected ? 'connected' : 'away') },
    { title: 'SINCE', value: (machine) => machine.since, wide: true },
    { title: 'MESSAGE', value: (machine) => machine.operation?.message ?? '' },
  ],
};

const packages: Noun<Package> = {
  noun: 'package',
  about: 'packages (套餐)',
  path: '/packages',
  item: packageView,
  columns: [
    { title: 'NAME', value: (item) => item.name },
    { title: 'CPU', value: (item) => `${item.cpuMilli} m` },
    { title: 'MEMORY', value: (item) => `${item.memoryMiB} MiB` },
    { title: 'DISK', value: (item) => `${item.diskMiB} MiB` },
    { title: 'PORTS', value: (item) => String(item.ports) },
  ],
};

const addNoun = <T extends { readonly name: string }>(program: Command, session: Session, noun: Noun<T>): void => {
  const command = program.command(noun.noun).description(noun.about);
  const pageOf = z.object({ items: z.array(noun.item), next: z.string().nullable() });
  command.command('list').action(async () => {
    const { format } = session;
    const body = await session.rest.all(noun.path);
    printRows(format, pageOf.parse(body).items, noun.columns, body, ({ name }) => name);
  });
  command.command('show <name>').action(async (name: string) => {
    const { format } = session;
    const body = await session.rest.get(`${noun.path}/${encodeURIComponent(name)}`);
    const item = noun.item.parse(body);
    printRows(format === 'table' ? 'yaml' : format, [item], noun.columns, body, (found) => found.name);
  });
};

/** `list` and `show` of what the gateway serves. */
export const addLists = (program: Command, session: Session): void => {
  addNoun(program, session, pools);
  addNoun(program, session, machines);
  addNoun(program, session, packages);
};
