import { describe, expect, it } from '@jest/globals';
import { openMemoryLog, type MemoryLog } from '@yiqiu/event-log';
import { MemoryEventBus, type BusEvent } from '@yiqiu/messaging';
import { add } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { meta, until, type CountersRuntime } from '../fixtures/harness.fixture.ts';

const { open } = contexts();

const addMany = async (runtime: CountersRuntime, n: number): Promise<void> => {
  await Promise.all(Array.from({ length: n }, () => runtime.submit(add('a'), meta())));
};

/** What the bus holds now. */
const held = async (bus: MemoryEventBus): Promise<BusEvent[]> => {
  const last = await bus.lastPublished('resource');
  const events: BusEvent[] = [];
  if (last === null) return events;
  const stop = new AbortController();
  for await (const event of bus.consume('resource', 0, stop.signal)) {
    events.push(event);
    if (event.position === last.position) stop.abort();
  }
  return events;
};

const isPublished = (bus: MemoryEventBus, log: MemoryLog) => async (): Promise<boolean> =>
  (await bus.lastPublished('resource'))?.position === log.store.position;

describe('the publisher', () => {
  it('publishes every event in order, in its stored bytes', async () => {
    const { runtime, log, bus } = await open();
    await addMany(runtime, 1_200);
    await until('all to be published', isPublished(bus, log));
    const events = await held(bus);
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 1_200 }, (_, n) => n + 1));
    for (const { position, body, lineage } of events) {
      expect(body).toBe(log.store.events.get(position)?.body);
      expect(lineage).toBe(log.store.lineage);
    }
    expect(runtime.status().published).toBe(1_200);
  });

  it('goes on where the bus ends: after a restart, after trouble, after the bus lost its store', async () => {
    const { runtime, log, bus } = await open();
    await addMany(runtime, 10);
    await until('all to be published', isPublished(bus, log));
    await runtime.stop();
    const next = await open({ log, bus });
    await addMany(next.runtime, 5);
    await until('all to be published', isPublished(bus, log));
    expect(await held(bus)).toHaveLength(15);

    const publish = bus.publish.bind(bus);
    let failures = 3;
    bus.publish = async (context, events) => {
      if (failures > 1) await publish(context, events.slice(0, 2));
      failures -= 1;
      if (failures >= 0) throw new Error('the bus is away');
      return publish(context, events);
    };
    await addMany(next.runtime, 5);
    await until('all to be published', isPublished(bus, log));
    expect(next.reports.codes()).toContain('publisher-failing');
    expect((await held(bus)).map(({ position }) => position)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));

    bus.lose('resource');
    await until('the bus to be filled again without a new event', isPublished(bus, log));
    expect(await held(bus)).toHaveLength(20);
  });

  it('gives an empty bus only what is younger than its retention', async () => {
    const { runtime, log } = await open();
    await addMany(runtime, 5);
    await runtime.stop();
    const bus = new MemoryEventBus();
    await new Promise((resolve) => setTimeout(resolve, 120));
    const next = await open({ log, bus, timings: { busRetentionMs: 100 } });
    await addMany(next.runtime, 3);
    await until('the new ones to be published', isPublished(bus, log));
    expect((await held(bus)).map(({ position }) => position)).toEqual([6, 7, 8]);
  });

  it('says so where the bus holds another history, and publishes its own', async () => {
    const bus = new MemoryEventBus();
    const before = await open({ bus });
    await addMany(before.runtime, 5);
    await until('all to be published', isPublished(bus, before.log));
    await before.runtime.stop();
    const { runtime, reports, log } = await open({ bus, log: openMemoryLog({ context: 'resource' }) });
    await addMany(runtime, 2);
    await until(
      'its own to be published',
      async () => (await bus.lastPublished('resource'))?.lineage === log.store.lineage,
    );
    expect(reports.codes()).toContain('bus-lineage');
    expect((await bus.lastPublished('resource'))?.position).toBe(2);
  });
});
