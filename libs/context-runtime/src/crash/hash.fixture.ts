/** State hashes of both logs from zero, by a process that knows nothing else. Run by crash.int.spec.ts. */
import { openPostgresLog } from '@yiqiu/event-log';
import { countersDomain } from '../fixtures/counters.fixture.ts';
import { rebuildHash } from '../rebuild/index.ts';
import type { Hashes } from './plan.fixture.ts';

const connection: string = JSON.parse(process.argv[2] ?? '');
const hashOf = async (context: 'machine' | 'resource') => {
  const log = await openPostgresLog({ connection, context, migrate: false });
  const hashed = await rebuildHash(log, countersDomain(context));
  await log.close();
  return hashed;
};
const hashes: Hashes = { machine: await hashOf('machine'), resource: await hashOf('resource') };
process.stdout.write(`${JSON.stringify(hashes)}\n`);
