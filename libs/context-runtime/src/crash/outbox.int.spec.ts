import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openPostgresLog } from '@yiqiu/event-log';
import { startPostgres, type TestPostgres } from '@yiqiu/testing';
import { CountingAgent, KillableNats } from '../agent-link/agents.fixture.ts';
import type { FaultPointName } from '../fault-point.ts';
import type { OutboxLine, OutboxPlan } from './outbox-child.fixture.ts';
import { Children } from './run-child.fixture.ts';

const crashesPerPoint = 20;
const errandsPerRun = 6;
const machines = 3;
jest.setTimeout(300_000);

let postgres: TestPostgres;
let children: Children;
beforeAll(async () => {
  postgres = await startPostgres();
  children = await Children.build();
}, 60_000);
afterAll(async () => {
  children.dispose();
  await postgres.stop();
});

describe('an owner of an outbox, killed', () => {
  it.each<[FaultPointName]>([['outbox-sent'], ['report-received']])(
    `${crashesPerPoint} times at ${'%s'} has every errand run once and reported once`,
    async (name) => {
      const nats = await KillableNats.start();
      const agents = Array.from({ length: machines }, () => new CountingAgent(nats));
      try {
        for (const agent of agents) await agent.start();
        const postgresUrl = await postgres.createDatabase();
        await (await openPostgresLog({ connection: postgresUrl, context: 'service' })).close();
        const common: Omit<OutboxPlan, 'errands' | 'fault'> = {
          postgresUrl,
          natsUrl: nats.url,
          credentials: await nats.authority.mintService('service-platform'),
          machineUids: agents.map(({ machineUid }) => machineUid),
        };
        const errands: string[] = [];
        let crashes = 0;
        for (let runs = 0; crashes < crashesPerPoint; runs++) {
          if (runs > crashesPerPoint * 3) throw new Error(`only ${crashes} of ${runs} children met ${name}`);
          errands.push(...Array.from({ length: errandsPerRun }, (_, n) => `errand-${runs}-${n}`));
          const { killed } = await children.run<OutboxLine>('outbox-child', {
            ...common,
            errands,
            fault: { name, pass: 1 + (runs % 4) },
          });
          if (killed) crashes += 1;
        }
        const { killed, lines } = await children.run<OutboxLine>('outbox-child', {
          ...common,
          errands,
          fault: null,
        });
        expect(killed).toBe(false);
        const once = errands.map((text) => [text, 1]).sort();
        expect([...(lines[0] ?? [])].sort()).toEqual(once);
        expect(agents.flatMap(({ ran }) => [...ran]).sort()).toEqual(once);
      } finally {
        await Promise.all(agents.map((agent) => agent.stop()));
        await nats.stop();
      }
    },
  );
});
