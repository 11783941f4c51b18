import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RefusedError } from '@yiqiu/kernel';
import { openPostgresLog, type PostgresLog } from '@yiqiu/event-log';
import { MemoryEventBus } from '@yiqiu/messaging';
import { delay, startPostgres, tcpProxy, waitFor, type TcpProxy, type TestPostgres } from '@yiqiu/testing';
import { logCatchUp } from '../catch-up/index.ts';
import { add, countersDomain, remembering } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { answeredOf, meta, until, type CountersRuntime } from '../fixtures/harness.fixture.ts';
import { rebuildHash } from '../rebuild/index.ts';

jest.setTimeout(120_000);
const { openOver } = contexts();

let postgres: TestPostgres;
let proxy: TcpProxy;
const logs: PostgresLog[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  proxy = await tcpProxy(postgres.port);
}, 60_000);
afterEach(async () => {
  proxy.resume();
  for (const log of logs.splice(0)) await log.close();
});
afterAll(async () => {
  await proxy.close();
  await postgres.stop();
});

const openLog = async (url: string, context: 'machine' | 'resource'): Promise<PostgresLog> => {
  const log = await openPostgresLog({ connection: url, context, queryTimeoutMs: 5_000, onWarning: () => undefined });
  logs.push(log);
  return log;
};

const throughProxy = (url: string): string => url.replace(`:${postgres.port}/`, `:${proxy.port}/`);
const timings = { leaseTtlMs: 3_000, idleSaveMs: 50 };

/** Sends again what was unavailable, as clients do. */
const submitUntilAnswered = async (runtime: CountersRuntime, counter: string, id: string): Promise<number> => {
  for (let tries = 0; ; tries++) {
    try {
      return (await runtime.submit(add(counter), meta(id))).position;
    } catch (error) {
      if (!(error instanceof RefusedError) || error.error.kind !== 'unavailable' || tries > 2_000) throw error;
      await delay(20);
    }
  }
};

const commandsPerClient = 12;
const load = (runtime: CountersRuntime, clients: number): Promise<number[]> =>
  Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      let last = 0;
      for (let n = 0; n < commandsPerClient; n++)
        last = await submitUntilAnswered(runtime, `c${client % 9}`, `${client}-${n}`);
      return last;
    }),
  );

const expectAllOnce = async (runtime: CountersRuntime, log: PostgresLog, commands: number): Promise<void> => {
  const stored = await Array.fromAsync(log.read(1));
  expect(stored.map(({ position }) => position)).toEqual(Array.from({ length: commands }, (_, n) => n + 1));
  expect(new Set(stored.map(({ event }) => event.meta.commandId)).size).toBe(commands);
  // A cut may still have it rebuild.
  const live = await waitFor(() => runtime.stateHash(), { deadlineMs: 20_000, what: 'the live hash' });
  expect(await rebuildHash(log, countersDomain('resource'))).toEqual(live);
};

describe('over PostgreSQL', () => {
  it.each(['before', 'passed', 'answered'] as const)(
    'an append whose connection is cut (%s) is settled exactly',
    async (moment) => {
      const url = await postgres.createDatabase();
      const log = await openLog(throughProxy(url), 'resource');
      const { runtime } = await openOver({ log, bus: new MemoryEventBus(), timings });
      await runtime.submit(add('a'), meta());
      const cut = proxy.cutOn('leaf-bytes-follow-this-id', moment);
      const outcome = await runtime.submit(add('a'), meta('leaf-bytes-follow-this-id')).then(
        ({ position }) => position,
        (error: RefusedError) => error.error.kind,
      );
      await cut;
      await until('it to lead again', () => runtime.status().phase === 'leading', 20_000);
      const direct = await openLog(url, 'resource');
      const rows = await direct.commands(['leaf-bytes-follow-this-id']);
      expect(outcome).toBe(rows.get('leaf-bytes-follow-this-id')?.last ?? 'unavailable');
      expect(await submitUntilAnswered(runtime, 'a', 'leaf-bytes-follow-this-id')).toBe(2);
      await expectAllOnce(runtime, direct, 2);
    },
  );

  it('loses and doubles nothing while its connections are cut again and again', async () => {
    const url = await postgres.createDatabase();
    const log = await openLog(throughProxy(url), 'resource');
    const { runtime, reports } = await openOver({ log, bus: new MemoryEventBus(), timings });
    let cuts = 0;
    let stored = 0;
    runtime.onCommitted((events) => {
      stored += events.length;
      if (stored < (cuts + 1) * 150) return;
      cuts += 1;
      proxy.cutAll();
    });
    await load(runtime, 150);
    expect(cuts).toBeGreaterThan(8);
    expect(reports.codes().length).toBeGreaterThan(0);
    await until('it to lead', () => runtime.status().phase === 'leading', 20_000);
    await expectAllOnce(runtime, await openLog(url, 'resource'), 150 * commandsPerClient);
  });

  it('passes leadership on, back and forth, under load', async () => {
    const url = await postgres.createDatabase();
    const bus = new MemoryEventBus();
    const direct = await openLog(url, 'resource');
    const replica = async () =>
      openOver({ log: await openLog(url, 'resource'), bus, timings: { ...timings, leaseTtlMs: 1_000 } });
    let current = await replica();
    const clients = Array.from({ length: 40 }, async (_, client) => {
      for (let n = 0; n < commandsPerClient; n++) {
        const id = `${client}-${n}`;
        for (;;) {
          const answer = await current.runtime.submit(add('a'), meta(id)).catch((error: RefusedError) => error);
          if (!(answer instanceof RefusedError)) break;
          expect(answer.error.kind).toBe('unavailable');
          await delay(10);
        }
        await delay(20);
      }
    });
    for (let turn = 0; turn < 5; turn++) {
      const next = await replica();
      expect(next.runtime.status().phase).toBe('standby');
      await delay(100);
      await current.runtime.stop();
      await until('the other to lead', () => next.runtime.status().phase === 'leading', 10_000);
      current = next;
    }
    await Promise.all(clients);
    await expectAllOnce(current.runtime, direct, 40 * commandsPerClient);
    expect(current.runtime.status().epoch).toBe(6);
  });

  it('two contexts answer each other, with real cursors in real transactions', async () => {
    const url = await postgres.createDatabase();
    const bus = new MemoryEventBus();
    const [machineLog, resourceLog] = [await openLog(url, 'machine'), await openLog(url, 'resource')];
    const catchUp = logCatchUp({ machine: machineLog, resource: resourceLog });
    const machine = await openOver({
      ...{ context: 'machine', log: machineLog, bus, catchUp, timings },
      domain: { reactors: { resource: { ...remembering(), types: ['Remembered'] } } },
    });
    const resource = await openOver({
      log: resourceLog,
      bus,
      catchUp,
      timings,
      domain: { reactors: { machine: remembering() } },
    });
    await Promise.all(Array.from({ length: 300 }, () => machine.runtime.submit(add('a'), meta())));
    await until(
      'the last to be answered',
      async () => (await answeredOf(machine.runtime, 'echo')).length === 300,
      20_000,
    );
    const added = (await Array.fromAsync(machineLog.read(1, { types: ['Added'] }))).map(({ position }) => position);
    expect(await answeredOf(resource.runtime, 'echo')).toEqual(added);
    // No effect without its cause: what an event has seen, had been stored when it was decided.
    const [first] = await Array.fromAsync(resourceLog.read(1, { limit: 1 }));
    expect(first?.event.meta.seen.machine).toBeGreaterThanOrEqual(1);
    await expect((async () => (await resourceLog.head()).cursors.machine?.position)()).resolves.toBeGreaterThanOrEqual(
      added.at(-1) ?? 0,
    );
  });
});
