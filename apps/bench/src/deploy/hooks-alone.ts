import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/**
 * What nobody can save: the install hook for so many units with nothing around it, as many at a time as there are CPUs. ms
 * for all. `dir` gets a home for each.
 */
export const hooksAlone = async (program: string, dir: string, count: number): Promise<number> => {
  const homes = Array.from({ length: count }, (_, number) => join(dir, `unit_${number}`));
  for (const home of homes) mkdirSync(join(home, 'run'), { recursive: true });
  const begin = performance.now();
  const worker = async (): Promise<void> => {
    for (let home = homes.shift(); home !== undefined; home = homes.shift()) await runHook(program, home);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return performance.now() - begin;
};

const runHook = async (program: string, home: string): Promise<void> => {
  const env = { PATH: process.env['PATH'] ?? '', YIQIU_UNIT_HOME: home, YIQIU_PROGRAM_HOME: program };
  const child = spawn(join(program, 'hooks', 'install'), { env, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the install hook ended with ${String(code)}`);
};
