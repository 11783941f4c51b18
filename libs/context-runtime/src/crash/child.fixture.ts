/** A whole process with two contexts over the real PostgreSQL and NATS, for tests that kill it. Run by crash.int.spec.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RefusedError } from '@yiqiu/kernel';
import { openPostgresLog } from '@yiqiu/event-log';
import { connectNats, NatsEventBus } from '@yiqiu/messaging';
import { logCatchUp } from '../catch-up/index.ts';
import type { FaultPoint } from '../fault-point.ts';
import { add, countersDomain } from '../fixtures/counters.fixture.ts';
import { openContext } from '../runtime/index.ts';
import { crashDomains, type ChildLine, type ChildPlan } from './plan.fixture.ts';

const plan: ChildPlan = JSON.parse(process.argv[2] ?? '');
// The one name of all of them, as if restarted within the lease: it need not run out each time.
const holder = 'child';

let passes = 0;
const faultPoint: FaultPoint = (name) => {
  if (name !== plan.fault?.name) return;
  passes += 1;
  if (passes === plan.fault.pass) process.kill(process.pid, 'SIGKILL');
};

const tell = (line: ChildLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const link = await connectNats({ name: holder, servers: plan.natsUrl, credentials: null });
const bus = new NatsEventBus(link);
const logs = {
  machine: await openPostgresLog({ connection: plan.postgresUrl, context: 'machine', migrate: false }),
  resource: await openPostgresLog({ connection: plan.postgresUrl, context: 'resource', migrate: false }),
};
const open = (context: 'machine' | 'resource') =>
  openContext({
    ...{ log: logs[context], bus, catchUp: logCatchUp(logs), holder, faultPoint },
    domain: countersDomain(context, crashDomains[context]),
    timings: { leaseTtlMs: 3_000, idleSaveMs: 20, watchOwnerMs: 300, checkBusMs: 300, snapshotEvents: 20 },
  });
const [machine, resource] = [await open('machine'), await open('resource')];
await Promise.all([machine.start(), resource.start()]);

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 4_000) throw new Error('waited too long');
    await sleep(5);
  }
};
await until(() => machine.status().phase === 'leading' && resource.status().phase === 'leading');

/** As every client does: what is unavailable may be sent again under the same id. */
const submit = async (id: string): Promise<number> => {
  for (;;) {
    try {
      const { position } = await machine.submit(add(`c${id.at(-1)}`), { commandId: id, actor: 'user:crash' });
      return position;
    } catch (error) {
      if (!(error instanceof RefusedError) || error.error.kind !== 'unavailable') throw error;
      await sleep(20);
    }
  }
};
const commands = plan.commands.values();
const client = async (): Promise<void> => {
  for (const id of commands) tell({ kind: 'answered', id, position: await submit(id) });
};
await Promise.all(Array.from({ length: 8 }, client));

const allAnswered = async (): Promise<boolean> => {
  const [one, two] = [await logs.machine.head(), await logs.resource.head()];
  return (
    one.cursors.resource?.position === two.position &&
    two.cursors.machine?.position === one.position &&
    machine.status().published === one.position &&
    resource.status().published === two.position
  );
};
await until(allAnswered);
tell({ kind: 'done', machine: await machine.stateHash(), resource: await resource.stateHash() });
await Promise.all([machine.stop(), resource.stop()]);
await Promise.all([logs.machine.close(), logs.resource.close()]);
await link.close();
