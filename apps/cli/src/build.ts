import { Command } from 'commander';
import { addApply } from './verbs/apply.ts';
import { addDestroy } from './verbs/destroy.ts';
import { addGroup } from './verbs/group.ts';
import { addLists } from './verbs/lists.ts';
import { addLocal } from './verbs/local.ts';
import { addProgram } from './verbs/program.ts';
import { addScale } from './verbs/scale.ts';
import { addService } from './verbs/service.ts';
import { Session } from './verbs/shared/session.ts';
import { addStatus } from './verbs/status.ts';
import { version } from './version.ts';

const nouns = [addStatus, addApply, addDestroy, addScale, addGroup, addService, addLists, addProgram, addLocal];

/** The whole command line. */
export const build = (): Command => {
  const program = new Command('yiqiu')
    .description('deploys and runs services on fleets of machines')
    .option('--data <dir>', 'data directory of a local platform (YIQIU_DATA)')
    .option('--server <url>', 'gateway (YIQIU_SERVER)')
    .option('--token <token>', 'bearer token (YIQIU_TOKEN)')
    .option('-o, --output <format>', 'table, wide, json, yaml or name', 'table');
  program
    .command('version')
    .description('of this client')
    .action(() => {
      process.stdout.write(`yiqiu ${version}\n`);
    });
  const session = new Session(program);
  for (const add of nouns) add(program, session);
  strict(program);
  takeOptionsAnywhere(program, program);
  return program;
};

const globals = ['data', 'server', 'token', 'output'];

/** Wrong usage never ends the process by itself; a word too many is wrong usage. */
const strict = (command: Command): void => {
  command.exitOverride().showSuggestionAfterError(true).allowExcessArguments(false);
  for (const child of command.commands) strict(child);
};

/** `-o json` and the others may stand after the verb as well. */
const takeOptionsAnywhere = (program: Command, command: Command): void => {
  for (const child of command.commands) {
    child
      .option('--data <dir>')
      .option('--server <url>')
      .option('--token <token>')
      .option('-o, --output <format>')
      .hook('preAction', (_, acting) => {
        for (const [name, value] of Object.entries(acting.opts<Record<string, unknown>>())) {
          if (globals.includes(name) && value !== undefined) program.setOptionValue(name, value);
        }
      });
    takeOptionsAnywhere(program, child);
  }
};
