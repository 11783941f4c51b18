import { describe, expect, it } from '@jest/globals';
import { collect, outgoing, range } from '../fixtures/bus.fixture.ts';
import { MemoryEventBus } from './memory-event-bus.ts';
import { PublishGapError } from './missing.ts';

describe('bus in memory', () => {
  it('delivers in order, from the cursor, live, to each consumer', async () => {
    const bus = new MemoryEventBus();
    await bus.publish('service', outgoing(1, 3));
    const [all, late] = [collect(bus, 0), collect(bus, 2)];
    await bus.publish('service', outgoing(2, 5));
    await Promise.all([all.until(5), late.until(5)]);
    expect(all.positions()).toEqual(range(1, 5));
    expect(late.positions()).toEqual(range(3, 5));
    expect(await bus.lastPublished('service')).toEqual({ position: 5, lineage: 'lineage-1' });
    expect(await bus.lastPublished('machine')).toBeNull();
    await Promise.all([all.stop(), late.stop()]);
  });

  it('refuses a hole, and shows one where it lost events', async () => {
    const bus = new MemoryEventBus();
    await bus.publish('service', outgoing(1, 4));
    await expect(bus.publish('service', outgoing(6, 6))).rejects.toThrow(PublishGapError);
    bus.lose('service', 2);
    const one = collect(bus, 0);
    await one.until(4);
    bus.lose('service');
    await bus.publish('service', outgoing(9, 9));
    await one.until(9);
    expect(one.positions()).toEqual([3, 4, 9]);
    await one.stop();
  });

  it('shows another lineage, even behind the cursor', async () => {
    const bus = new MemoryEventBus();
    const one = collect(bus, 7);
    await bus.publish('service', outgoing(2, 3, 'lineage-2'));
    await one.until(3);
    expect(one.events.map((event) => event.lineage)).toEqual(['lineage-2', 'lineage-2']);
    await one.stop();
  });
});
