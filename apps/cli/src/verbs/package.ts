import type { Command } from 'commander';
import { packageView, type PackageView } from '@yiqiu/contracts';
import { count } from '../ask/parse.ts';
import { addList, addShow, printItem, type Noun } from './shared/listing.ts';
import type { Session } from './shared/session.ts';

const packages: Noun<PackageView> = {
  path: '/packages',
  item: packageView,
  nameOf: ({ name }) => name,
  filters: [],
  columns: [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'CPU', value: ({ cpuMilli }) => `${cpuMilli} m` },
    { title: 'MEMORY', value: ({ memoryMiB }) => `${memoryMiB} MiB` },
    { title: 'DISK', value: ({ diskMiB }) => `${diskMiB} MiB` },
    { title: 'PORTS', value: ({ ports }) => String(ports) },
    { title: 'PRICE/H', value: ({ pricePerHour }) => pricePerHour },
  ],
};

interface CreateOptions {
  readonly cpuMilli: string;
  readonly memoryMib: string;
  readonly diskMib: string;
  readonly ports?: string;
  readonly pricePerHour?: string;
}

const create = async (session: Session, name: string, options: CreateOptions): Promise<void> => {
  const body = {
    name,
    cpuMilli: count('--cpu-milli', options.cpuMilli),
    memoryMiB: count('--memory-mib', options.memoryMib),
    diskMiB: count('--disk-mib', options.diskMib),
    ports: options.ports === undefined ? undefined : count('--ports', options.ports),
    pricePerHour: options.pricePerHour,
  };
  printItem(session, { ...packages, asTable: true }, (await session.rest.change('POST', '/packages', body)).body);
};

/** `yiqiu package list|create|show` */
export const addPackage = (program: Command, session: Session): void => {
  const command = program.command('package').description('packages (套餐): what a unit may use');
  addList(command, session, packages);
  addShow(command, session, packages);
  command
    .command('create <name>')
    .description('a new package')
    .requiredOption('--cpu-milli <n>', 'thousandths of a CPU')
    .requiredOption('--memory-mib <n>', 'memory, MiB')
    .requiredOption('--disk-mib <n>', 'disk, MiB')
    .option('--ports <n>', 'number of ports')
    .option('--price-per-hour <price>', 'a decimal')
    .action((name: string, options: CreateOptions) => create(session, name, options));
};
