import { writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { initDirectory, lintDirectory, pack, type Problem } from '@yiqiu/program';
import { CliError, exitCodes } from '../exit.ts';

const line = (problem: Problem): string =>
  `${problem.file}${problem.line === null || problem.line === undefined ? '' : `:${problem.line}`}: ${problem.reason}`;

/** `yiqiu program init|lint|pack`: they need no platform. */
export const addProgram = (program: Command): void => {
  const verbs = program.command('program').description('program packages');
  verbs
    .command('init <dir>')
    .description('write a starting package')
    .option('--name <name>', 'the program; default the directory')
    .action(async (dir: string, options: { name?: string }) => {
      await initDirectory(resolve(dir), options.name ?? basename(resolve(dir)));
      process.stdout.write(`${dir} holds a package that runs; read its yiqiu.yaml, then: yiqiu program lint ${dir}\n`);
    });
  verbs
    .command('lint <dir>')
    .description('check a package as push would')
    .action(async (dir: string) => {
      const result = await lintDirectory(resolve(dir));
      if ('problems' in result) throw new CliError(exitCodes.refused, result.problems.map(line).join('\n'));
      process.stdout.write(`${dir} is sound: ${result.manifest.name}@${result.manifest.version}\n`);
    });
  verbs
    .command('pack <dir>')
    .description('write NAME-VERSION.tar.gz; the same input gives the same digest')
    .option('--to <file>', 'where to')
    .action(async (dir: string, options: { to?: string }) => {
      const packed = await pack(resolve(dir));
      if ('problems' in packed) throw new CliError(exitCodes.refused, packed.problems.map(line).join('\n'));
      const file = options.to ?? `${packed.manifest.name}-${packed.manifest.version}.tar.gz`;
      writeFileSync(file, packed.archive);
      process.stdout.write(`${file}  ${packed.size} bytes  sha256 ${packed.digest}\n`);
    });
};
