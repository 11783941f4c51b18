import { describe, expect, it } from '@jest/globals';
import { batch, encodedAfter, eventLogContract, type LogUnderTest } from '../contract/index.fixture.ts';
import { NotAppendedError, UnknownOutcomeError } from '../port.ts';
import { openMemoryLog } from './index.ts';

const start = async (): Promise<LogUnderTest> => {
  const log = openMemoryLog({ context: 'service' });
  return {
    log,
    another: async () => openMemoryLog({ context: 'service', store: log.store }),
    lose: async (position) => log.store.lose(position),
    leafAt: async (position) => log.store.events.get(position)?.leaf ?? new Uint8Array(),
    stop: () => log.close(),
  };
};

eventLogContract('memory', start);

describe('memory log', () => {
  it('fails as the test asks, and tells the truth at the take-over', async () => {
    const log = openMemoryLog({ context: 'machine' });
    const { epoch } = await log.takeOver();
    log.store.failNext('not-appended', 'lost-before', 'lost-after');
    await expect(log.append(0, epoch, batch(encodedAfter(0, 1)))).rejects.toThrow(NotAppendedError);
    await expect(log.append(0, epoch, batch(encodedAfter(0, 1)))).rejects.toThrow(UnknownOutcomeError);
    expect(await log.takeOver()).toMatchObject({ position: 0, epoch: epoch + 1 });
    await expect(log.append(0, epoch + 1, batch(encodedAfter(0, 1)))).rejects.toThrow(UnknownOutcomeError);
    expect(await log.takeOver()).toMatchObject({ position: 1, epoch: epoch + 2 });
  });

  it('measures the lease by the clock it was given', async () => {
    let nowMs = 1_000;
    const log = openMemoryLog({ context: 'machine', now: () => nowMs });
    expect(await log.acquireLease('a', 500)).toEqual({ acquired: true, lease: { holder: 'a', remainingMs: 500 } });
    nowMs = 1_499;
    expect(await log.acquireLease('b', 500)).toEqual({ acquired: false, lease: { holder: 'a', remainingMs: 1 } });
    nowMs = 1_500;
    expect(await log.acquireLease('b', 500)).toEqual({ acquired: true, lease: { holder: 'b', remainingMs: 500 } });
  });

  it('answers nothing after it is closed, while its store goes on', async () => {
    const log = openMemoryLog({ context: 'machine', lineage: 'l' });
    await log.close();
    await expect(log.head()).rejects.toThrow('log machine is closed');
    expect((await openMemoryLog({ context: 'machine', store: log.store }).head()).lineage).toBe('l');
  });
});
