/** An owner of an outbox for agents over the real PostgreSQL and NATS, killed on its way. Run by outbox.int.spec.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresLog } from '@yiqiu/event-log';
import { connectNats, MemoryEventBus, type NatsCredentials } from '@yiqiu/messaging';
import { errandsDomain, errandsLink } from '../agent-link/errands.fixture.ts';
import { AgentLinkRunner, natsAgentLinkChannel, type AgentLinkChannel } from '../agent-link/index.ts';
import { logCatchUp } from '../catch-up/index.ts';
import type { FaultPoint, FaultPointName } from '../fault-point.ts';
import { openContext } from '../runtime/index.ts';

/** Its only argument, as JSON. */
export interface OutboxPlan {
  readonly postgresUrl: string;
  readonly natsUrl: string;
  readonly credentials: NatsCredentials;
  readonly machineUids: readonly string[];
  /** Issued to the machines in turn, each under its own text as id. */
  readonly errands: readonly string[];
  readonly fault: { readonly name: FaultPointName; readonly pass: number } | null;
}

/** Its only line: how often each errand was reported done. */
export type OutboxLine = readonly (readonly [text: string, times: number])[];

const plan: OutboxPlan = JSON.parse(process.argv[2] ?? '');

let passes = 0;
const faultPoint: FaultPoint = (name) => {
  if (name !== plan.fault?.name) return;
  passes += 1;
  if (passes === plan.fault.pass) process.kill(process.pid, 'SIGKILL');
};

const link = await connectNats({ name: 'service-platform', servers: plan.natsUrl, credentials: plan.credentials });
const problem = (what: unknown): void => console.error(JSON.stringify(what), String(what));
const channel = natsAgentLinkChannel(link, { owner: 'service', onPoison: problem, onProblem: problem });

/** The same channel, with the places between sending and hearing where it dies. */
const mortal: AgentLinkChannel = {
  serve: (handlers) => {
    const agents = channel.serve(handlers);
    return {
      push: async (machineUid, push) => {
        const accepted = await agents.push(machineUid, push);
        faultPoint('outbox-sent');
        return accepted;
      },
      stop: () => agents.stop(),
    };
  },
  consumeReports: (handler, signal) =>
    channel.consumeReports(async (report) => {
      faultPoint('report-received');
      return handler(report);
    }, signal),
};

const log = await openPostgresLog({ connection: plan.postgresUrl, context: 'service', migrate: false });
const runtime = await openContext({
  ...{ domain: errandsDomain(), log, bus: new MemoryEventBus(), catchUp: logCatchUp({}), holder: 'child', faultPoint },
  timings: { leaseTtlMs: 3_000, idleSaveMs: 50 },
});
await runtime.start();
const runner = new AgentLinkRunner({
  ...{ runtime, owner: 'service', domain: errandsLink(), channel: mortal, onProblem: problem, repeatAfterMs: 400 },
  blobs: log.blobs,
});
runner.start();

const actor = 'user:crash';
for (const machineUid of plan.machineUids)
  await runtime.submit({ type: 'AddMachine', data: { machineUid } }, { commandId: machineUid, actor });
for (const [n, text] of plan.errands.entries()) {
  const machineUid = plan.machineUids[n % plan.machineUids.length] ?? '';
  await runtime.submit({ type: 'Issue', data: { machineUid, texts: [text] } }, { commandId: text, actor });
}
const done = () => runtime.read((state) => [...state.done]);
for (let tries = 0; (await done()).length < plan.errands.length; tries++) {
  if (tries > 2_000) throw new Error(`only ${JSON.stringify(await done())} were done`);
  await sleep(20);
}
const line: OutboxLine = await done();
process.stdout.write(`${JSON.stringify(line)}\n`);
await runner.stop();
await runtime.stop();
await log.close();
await link.close();
