import { startPostgres } from '@yiqiu/testing';
import { writeFileSync } from 'node:fs';
import { appendBench } from './append/index.ts';
import type { Bench, BenchInput } from './bench.ts';
import { commandsBench } from './commands/index.ts';
import { configBench } from './config/index.ts';
import { deployBench } from './deploy/index.ts';
import { grpcBench } from './grpc/index.ts';
import { idleBench } from './idle/index.ts';
import { memoryBench } from './memory/index.ts';
import { parseOptions, UsageError, type Options } from './options.ts';
import { rebuildBench } from './rebuild/index.ts';
import { benchNames, type BenchName, type Figure } from './report/figure.ts';
import { machineSize } from './report/machine.ts';
import { tableOf } from './report/table.ts';
import { restBench } from './rest/index.ts';
import { serverVersion } from './server-version.ts';

const benches: { readonly [name in BenchName]: Bench } = {
  commands: commandsBench,
  append: appendBench,
  rebuild: rebuildBench,
  rest: restBench,
  grpc: grpcBench,
  config: configBench,
  deploy: deployBench,
  memory: memoryBench,
  idle: idleBench,
};

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const main = async (options: Options): Promise<void> => {
  const postgres = await startPostgres();
  try {
    const machine = machineSize(await serverVersion(postgres.url));
    const date = new Date().toISOString();
    const figures: Figure[] = [];
    const input: BenchInput = { postgres, effort: options.effort, say };
    for (const name of benchNames) {
      if (options.only.includes(name)) figures.push(...(await benches[name](input)));
    }
    const { cpus, cpuModel, memoryGiB, node, fileSystem, loadBefore } = machine;
    const on = `${cpus} CPUs (${cpuModel}), ${memoryGiB} GiB, Node ${node}, PostgreSQL ${machine.postgres} on ${fileSystem}`;
    const how = `${options.quick ? 'quick, ' : ''}medians of the rounds (lowest–highest)`;
    process.stdout.write(`${date}: ${on}, load before ${loadBefore}; ${how}\n\n${tableOf(figures)}\n`);
    if (options.jsonFile !== null)
      writeFileSync(options.jsonFile, `${JSON.stringify({ date, quick: options.quick, machine, figures }, null, 2)}\n`);
  } finally {
    await postgres.stop();
  }
};

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`bench: ${error instanceof UsageError ? error.message : text}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
