import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openPostgresLog, type EventLog } from '@yiqiu/event-log';
import { connectNats, NatsEventBus, type BusEvent } from '@yiqiu/messaging';
import { startNats, startPostgres, type TestPostgres } from '@yiqiu/testing';
import type { FaultPointName } from '../fault-point.ts';
import { countersDomain } from '../fixtures/counters.fixture.ts';
import { rebuildHash } from '../rebuild/index.ts';
import type { ChildLine, ChildPlan, Hashes } from './plan.fixture.ts';
import { Children, type Ran } from './run-child.fixture.ts';

const crashesPerPoint = 20;
const commandsPerRun = 30;
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

const run = (plan: ChildPlan): Promise<Ran<ChildLine>> => children.run('child', plan);

const openLogs = async (connection: string) => ({
  machine: await openPostgresLog({ connection, context: 'machine' }),
  resource: await openPostgresLog({ connection, context: 'resource' }),
});

const positionsOf = async (log: EventLog, type: string): Promise<number[]> => {
  const positions: number[] = [];
  for await (const { position } of log.read(1, { types: [type] })) positions.push(position);
  return positions;
};

/** Everything that the stream of a context holds. */
const published = async (bus: NatsEventBus, context: 'machine' | 'resource', upTo: number): Promise<BusEvent[]> => {
  const stop = new AbortController();
  const events: BusEvent[] = [];
  for await (const event of bus.consume(context, 0, stop.signal)) {
    events.push(event);
    if (event.position === upTo) stop.abort();
  }
  return events;
};

describe('a process killed', () => {
  it.each<[FaultPointName]>([
    ['before-append'],
    ['after-append'],
    ['before-publish'],
    ['after-publish'],
    ['event-consumed'],
    ['snapshot-written'],
  ])(`${crashesPerPoint} times at ${'%s'} loses no event, no answer and no effect, and doubles none`, async (name) => {
    const nats = await startNats();
    const postgresUrl = await postgres.createDatabase();
    const logs = await openLogs(postgresUrl);
    const link = await connectNats({ name: 'test', servers: nats.url, credentials: null });
    const bus = new NatsEventBus(link);
    try {
      const answered = new Map<string, number>();
      let waiting: string[] = [];
      let crashes = 0;
      let last: Ran<ChildLine> | null = null;
      for (let runs = 0; crashes < crashesPerPoint; runs++) {
        if (runs > crashesPerPoint * 3) throw new Error(`only ${crashes} of ${runs} children met ${name}`);
        waiting.push(...Array.from({ length: commandsPerRun }, (_, n) => `command-${runs}-${n}`));
        const pass = name === 'snapshot-written' ? 1 : 1 + ((runs * 7) % 12);
        last = await run({ postgresUrl, natsUrl: nats.url, commands: waiting, fault: { name, pass } });
        if (last.killed) crashes += 1;
        for (const line of last.lines) if (line.kind === 'answered') expectSame(answered, line.id, line.position);
        waiting = waiting.filter((id) => !answered.has(id));
      }
      // Everybody asks once more, as clients do that never had an answer; and those that had get the same one.
      const again = [...waiting, ...[...answered.keys()].slice(0, 50)];
      last = await run({ postgresUrl, natsUrl: nats.url, commands: again, fault: null });
      for (const line of last.lines) if (line.kind === 'answered') expectSame(answered, line.id, line.position);
      const done = last.lines.find((line) => line.kind === 'done');
      if (done === undefined) throw new Error('the last child did not come to its end');

      const stored = await Array.fromAsync(logs.machine.read(1));
      const byCommand = stored
        .filter(({ event }) => event.type === 'Added')
        .map(({ position, event }) => [event.meta.commandId, position]);
      expect(new Map(byCommand.map(([id, position]) => [id, position]))).toEqual(answered);
      expect(byCommand).toHaveLength(answered.size);
      for (const [context, log] of Object.entries(logs)) {
        const all = await Array.fromAsync(log.read(1));
        expect(all.map(({ position }) => position)).toEqual(all.map((_, n) => n + 1));
        const sent = await published(bus, context === 'machine' ? 'machine' : 'resource', all.length);
        expect(sent.map(({ body }) => body)).toEqual(all.map(({ body }) => body));
      }
      const echoes = async (log: EventLog): Promise<unknown[]> => {
        const events = await Array.fromAsync(log.read(1, { types: ['Remembered'] }));
        return events.map(({ event }) => event.data['position']);
      };
      expect(await echoes(logs.resource)).toEqual(await positionsOf(logs.machine, 'Added'));
      expect(await echoes(logs.machine)).toEqual(await positionsOf(logs.resource, 'Remembered'));
      const fromZero = await children.run<Hashes>('hash', postgresUrl);
      expect(fromZero.lines[0]).toEqual({ machine: done.machine, resource: done.resource });
      expect((await rebuildHash(logs.machine, countersDomain('machine'))).hash).toBe(done.machine.hash);
    } finally {
      await Promise.all([logs.machine.close(), logs.resource.close(), link.close()]);
      await nats.stop();
    }
  });
});

/** The same id always gives the same position. */
const expectSame = (answered: Map<string, number>, id: string, position: number): void => {
  const before = answered.get(id);
  if (before !== undefined) expect({ id, position }).toEqual({ id, position: before });
  answered.set(id, position);
};
