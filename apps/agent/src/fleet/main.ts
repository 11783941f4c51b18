import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Agent } from '../app/agent.ts';
import { jsonLog, type Log } from '../log/index.ts';
import { startMember } from './member.ts';

/** So many join at once. */
const joiningMax = 8;

const machines = z
  .array(z.object({ name: z.string(), token: z.string() }))
  .min(1)
  .max(1_000);

const options = () => {
  const text = { type: 'string' } as const;
  const { dir, server, machines: file } = parseArgs({ options: { dir: text, server: text, machines: text } }).values;
  if (dir === undefined || server === undefined || file === undefined)
    throw new Error('usage: fleet --dir DIR --server URL --machines FILE');
  return { dir, server, machines: machines.parse(JSON.parse(readFileSync(file, 'utf8'))) };
};

/** Two hundred agents that say all they do would be read by nobody. */
const onlyTrouble = (log: Log): Log => ({ ...log, info: () => undefined });

const main = async (): Promise<void> => {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const log = jsonLog((line) => process.stdout.write(line));
  const { dir, server, machines: wanted } = options();
  const agents: Agent[] = [];
  const waiting = [...wanted];
  const joinAll = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      agents.push(await startMember({ dir, server, ...next, log: onlyTrouble(log) }));
  };
  await Promise.all(Array.from({ length: joiningMax }, joinAll));
  log.info(`fleet of ${agents.length} is connected`);
  await ended;
  await Promise.all(agents.map((agent) => agent.stop()));
};

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`fleet: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
