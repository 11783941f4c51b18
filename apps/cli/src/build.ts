import { Command, Option } from 'commander';
import { addApply } from './verbs/apply.ts';
import { addCompletion } from './verbs/completion.ts';
import { addConfig } from './verbs/config.ts';
import { addContainer } from './verbs/container.ts';
import { addData } from './verbs/data.ts';
import { addDeployment } from './verbs/deployment.ts';
import { addDestroy } from './verbs/destroy.ts';
import { addEvents } from './verbs/events.ts';
import { addGroup } from './verbs/group.ts';
import { addInitStrategy } from './verbs/init-strategy.ts';
import { addLocal } from './verbs/local.ts';
import { addMachine } from './verbs/machine/index.ts';
import { addPackage } from './verbs/package.ts';
import { addPool } from './verbs/pool.ts';
import { addProgram } from './verbs/program.ts';
import { addRelation } from './verbs/relation.ts';
import { addScale } from './verbs/scale.ts';
import { addService } from './verbs/service.ts';
import { Session } from './verbs/shared/session.ts';
import { addStatus } from './verbs/status.ts';
import { addTicket } from './verbs/ticket.ts';
import { addUnit } from './verbs/unit.ts';
import { addUpgrade } from './verbs/upgrade.ts';
import { version } from './version.ts';

/** In the order of the help. */
const rooms = [
  ...[addStatus, addApply, addDestroy, addScale, addConfig, addUpgrade],
  ...[addGroup, addService, addUnit, addContainer, addRelation, addDeployment, addData],
  ...[addProgram, addPackage],
  ...[addMachine, addPool, addInitStrategy, addTicket],
  ...[addEvents, addLocal, addCompletion],
];

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
  for (const add of rooms) add(program, session);
  strict(program);
  takeOptionsAnywhere(program, program);
  return program;
};

const globals = ['data', 'server', 'token', 'output'];

/** Wrong usage never ends the process by itself; a word too many is wrong usage. */
const strict = (command: Command): void => {
  command
    .exitOverride((error) => {
      if (error.exitCode !== 0 && error.code !== 'commander.help')
        process.stderr.write(`  next: ${pathOf(command)} --help\n`);
      throw error;
    })
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'yiqiu: ')) });
  for (const child of command.commands) strict(child);
};

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

/** `-o json` and the others may stand after the verb as well. */
const takeOptionsAnywhere = (program: Command, command: Command): void => {
  for (const child of command.commands) {
    child
      .addOption(new Option('--data <dir>').hideHelp())
      .addOption(new Option('--server <url>').hideHelp())
      .addOption(new Option('--token <token>').hideHelp())
      .addOption(new Option('-o, --output <format>').hideHelp())
      .hook('preAction', (_, acting) => {
        for (const [name, value] of Object.entries(acting.opts<Record<string, unknown>>())) {
          if (globals.includes(name) && value !== undefined) program.setOptionValue(name, value);
        }
      });
    takeOptionsAnywhere(program, child);
  }
};
