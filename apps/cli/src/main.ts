import { CommanderError } from 'commander';
import { build } from './build.ts';
import { CliError, exitCodes } from './exit.ts';

const exitCodeOf = (error: unknown): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof CliError) {
    process.stderr.write(`yiqiu: ${error.message}\n${error.next === null ? '' : `  next: ${error.next}\n`}`);
    return error.exitCode;
  }
  process.stderr.write(`yiqiu: ${error instanceof Error ? error.message : String(error)}\n`);
  return exitCodes.refused;
};

// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

build()
  .parseAsync(process.argv)
  .catch((error: unknown) => {
    process.exitCode = exitCodeOf(error);
  });
