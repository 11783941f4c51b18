import type { Command } from 'commander';
import { machineAddedView } from '@yiqiu/contracts';
import { assignments } from '../../ask/parse.ts';
import { printItem } from '../shared/listing.ts';
import type { Session } from '../shared/session.ts';
import { machines } from './columns.ts';

interface AddOptions {
  readonly address: string;
  readonly pool: string;
  readonly rack?: string;
  readonly zone?: string;
  readonly label?: string[];
}

const add = async (session: Session, name: string, options: AddOptions): Promise<void> => {
  const { address, pool, rack, zone, label } = options;
  const body = { name, address, pool, rack, zone, ...(label && { labels: assignments(label) }) };
  const answer = await session.rest.change('POST', '/machines', body);
  const { joinToken, command } = machineAddedView.parse(answer.body);
  if (!session.isForPeople) return printItem(session, machines, answer.body);
  process.stdout.write(
    `machine ${name} is NEW in pool ${pool}\n\njoin token, shown this once and good for one agent:\n  ${joinToken}\n\n` +
      `on ${address}, start its agent:\n  ${command}\n`,
  );
};

/** `yiqiu machine add NAME --address A --pool P` */
export const addAdd = (command: Command, session: Session): void => {
  command
    .command('add <name>')
    .description('a new machine: prints a one-time join token and the command that starts its agent')
    .requiredOption('--address <address>', 'where units on it are reached')
    .requiredOption('--pool <pool>', 'the pool that it enters')
    .option('--rack <rack>', 'where it stands')
    .option('--zone <zone>', 'what fails with it')
    .option('--label <key=value...>', 'labels')
    .action((name: string, options: AddOptions) => add(session, name, options));
};
