import type { Command } from 'commander';
import { poolView, type PoolView } from '@yiqiu/contracts';
import { assignments, count } from '../ask/parse.ts';
import { addList, addShow, printItem, type Noun } from './shared/listing.ts';
import { withReason, type ReasonOptions } from './shared/options.ts';
import type { Session } from './shared/session.ts';

const counts = (states: { readonly [state: string]: number }): string =>
  Object.entries(states)
    .map(([state, number]) => `${number} ${state}`)
    .join(', ') || 'none';

const pools: Noun<PoolView> = {
  path: '/pools',
  item: poolView,
  nameOf: ({ name }) => name,
  filters: [],
  columns: [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'REGION', value: ({ region }) => region },
    { title: 'STRATEGY', value: ({ initStrategy }) => initStrategy },
    { title: 'ONLINE', value: ({ autoOnline }) => (autoOnline ? 'auto' : 'by hand') },
    { title: 'MACHINES', value: ({ machines }) => counts(machines) },
    { title: 'LEASE', value: ({ policy }) => `${policy.leaseMs} ms`, wide: true },
    { title: 'HOLD-DOWN', value: ({ policy }) => `${policy.holdDownMs} ms`, wide: true },
    { title: 'FROZEN', value: ({ frozen }) => frozen?.reason ?? '-', flexible: true },
  ],
};

interface CreateOptions {
  readonly region?: string;
  readonly initStrategy?: string;
  readonly autoOnline?: boolean;
  readonly policy?: string[];
}

const create = async (session: Session, name: string, options: CreateOptions): Promise<void> => {
  const { region, initStrategy, autoOnline, policy } = options;
  const numbers = Object.entries(assignments(policy ?? [])).map(([key, text]) => [key, count(`--policy ${key}`, text)]);
  const body = { name, region, initStrategy, autoOnline, ...(policy && { policy: Object.fromEntries(numbers) }) };
  printItem(session, { ...pools, asTable: true }, (await session.rest.change('POST', '/pools', body)).body);
};

const at = (name: string): string => `/pools/${encodeURIComponent(name)}`;

/** `yiqiu pool list|create|show|delete|resume` */
export const addPool = (program: Command, session: Session): void => {
  const command = program.command('pool').description('pools of machines');
  addList(command, session, pools);
  addShow(command, session, pools);
  command
    .command('create <name>')
    .description('a new pool')
    .option('--region <region>', 'where it is')
    .option('--init-strategy <name>', 'how its machines are made ready')
    .option('--auto-online', 'take machines that are INITED to READY')
    .option('--policy <key=ms...>', 'fault policy: leaseMs, holdDownMs, blastMachines, blastPercent, blastWindowMs')
    .action((name: string, options: CreateOptions) => create(session, name, options));
  withReason(command.command('delete <name>').description('only an empty one goes')).action(
    async (name: string, { reason }: ReasonOptions) => {
      await session.rest.change('DELETE', at(name), undefined, { query: { reason } });
      if (session.isForPeople) process.stdout.write(`pool ${name} is deleted\n`);
    },
  );
  withReason(command.command('resume <name>').description('end the freeze of a pool')).action(
    async (name: string, { reason = null }: { readonly reason?: string | null }) => {
      const answer = await session.rest.change('POST', `${at(name)}/resume`, { reason });
      printItem(session, { ...pools, asTable: true }, answer.body ?? (await session.rest.get(at(name))));
    },
  );
};
