import { Command, CommanderError } from 'commander';
import { CliError, exitCodes } from './exit.ts';
import { addLists } from './verbs/lists.ts';
import { addLocal } from './verbs/local.ts';
import { addProgram } from './verbs/program.ts';
import { version } from './version.ts';

const build = (): Command => {
  const program = new Command('yiqiu')
    .description('deploys and runs services on fleets of machines')
    .option('--data <dir>', 'data directory of a local platform (YIQIU_DATA)')
    .option('--server <url>', 'gateway (YIQIU_SERVER)')
    .option('--token <token>', 'bearer token (YIQIU_TOKEN)')
    .option('-o, --output <format>', 'table, wide, json, yaml or name', 'table')
    .showSuggestionAfterError(true)
    .exitOverride();
  program
    .command('version')
    .description('of this client')
    .action(() => {
      process.stdout.write(`yiqiu ${version}\n`);
    });
  addLists(program);
  addProgram(program);
  addLocal(program);
  takeOptionsAnywhere(program);
  return program;
};

/** `-o json` and the others may stand after the verb as well; wrong usage never ends the process by itself. */
const takeOptionsAnywhere = (program: Command): void => {
  const inherit = (command: Command): void => {
    for (const child of command.commands) {
      child.exitOverride().showSuggestionAfterError(true);
      child
        .option('--data <dir>')
        .option('--server <url>')
        .option('--token <token>')
        .option('-o, --output <format>')
        .hook('preAction', (_, acting) => {
          for (const [name, value] of Object.entries(acting.opts<Record<string, unknown>>())) {
            if (['data', 'server', 'token', 'output'].includes(name) && value !== undefined)
              program.setOptionValue(name, value);
          }
        });
      inherit(child);
    }
  };
  inherit(program);
};

const exitCodeOf = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof CliError) {
    process.stderr.write(`yiqiu: ${error.message}\n${error.next === null ? '' : `  next: ${error.next}\n`}`);
    return error.exitCode;
  }
  process.stderr.write(`yiqiu: ${error instanceof Error ? error.message : String(error)}\n`);
  return exitCodes.refused;
};

build()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    process.exitCode = exitCodeOf(error);
  });
