import type { Command } from 'commander';
import { initStrategyView, type InitStrategyView } from '@yiqiu/contracts';
import { parse } from 'yaml';
import { CliError, exitCodes } from '../exit.ts';
import { readText } from './shared/document.ts';
import { addList, addShow, printItem, type Noun } from './shared/listing.ts';
import type { Session } from './shared/session.ts';

const strategies: Noun<InitStrategyView> = {
  path: '/init-strategies',
  item: initStrategyView,
  nameOf: ({ name }) => name,
  filters: [],
  columns: [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'REVISION', value: ({ revision }) => String(revision) },
    { title: 'OS', value: ({ os }) => os || '-' },
    { title: 'KERNEL', value: ({ kernel }) => kernel ?? '-' },
    { title: 'STEPS', value: ({ steps }) => steps.map(({ name }) => name).join(', ') || '-', flexible: true },
    { title: 'CHECKS', value: ({ checks }) => checks.map(({ name }) => name).join(', ') || '-', flexible: true },
  ],
};

const documentOf = (file: string): unknown => {
  try {
    return parse(readText(file));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(exitCodes.refused, `${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** `yiqiu init-strategy list|create|show` */
export const addInitStrategy = (program: Command, session: Session): void => {
  const command = program.command('init-strategy').description('how machines are made ready; immutable revisions');
  addList(command, session, strategies);
  addShow(command, session, strategies);
  command
    .command('create')
    .description('a strategy, or the next revision of one')
    .requiredOption('-f, --file <file>', 'YAML or JSON: name, os, kernel, steps, checks; - is stdin')
    .action(async ({ file }: { readonly file: string }) => {
      const { body } = await session.rest.change('POST', '/init-strategies', documentOf(file));
      printItem(session, { ...strategies, asTable: true }, body);
    });
};
