import { describe, expect, it } from '@jest/globals';
import { openMemoryLog, type EventLog, type ReadOptions } from '@yiqiu/event-log';
import { patiently, readPatiently } from './patience.ts';

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const signal = new AbortController().signal;
const { context } = openMemoryLog({ context: 'service' });

/** A log of ten positions that breaks after each `every` events of one reading, `outages` times in all. */
const breaking = (every: number, outages: number, error = refused()) => {
  let left = outages;
  const read = async function* (from: number, { limit = Infinity, backwards = false }: ReadOptions = {}) {
    let given = 0;
    for (let position = from; position >= 1 && position <= 10; position += backwards ? -1 : 1) {
      if (given === limit) return;
      if (given === every && left > 0) {
        left -= 1;
        throw error;
      }
      given += 1;
      yield { position };
    }
  };
  return { context, read } as unknown as EventLog;
};

const positions = async (log: EventLog, from: number, options: ReadOptions = {}): Promise<number[]> =>
  (await Array.fromAsync(readPatiently(log, from, { ...options, signal }))).map(({ position }) => position);

describe('reading through outages', () => {
  it('goes on behind the last event, without gap or repeat', async () => {
    expect(await positions(breaking(3, 2), 1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await positions(breaking(2, 3), 9, { backwards: true })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await positions(breaking(2, 1), 4, { limit: 3 })).toEqual([4, 5, 6]);
    expect(await positions(breaking(0, 2), 8)).toEqual([8, 9, 10]);
  });

  it('refuses when it lasts, and passes on what is no outage', async () => {
    const log = breaking(1, Infinity);
    const reading = Array.fromAsync(readPatiently(breaking(0, Infinity), 1, { signal }, 50));
    await expect(reading).rejects.toMatchObject({ error: { kind: 'unavailable', code: 'context-unavailable' } });
    await expect(patiently(log, () => Promise.reject(refused()), signal, 50)).rejects.toMatchObject({
      error: { kind: 'unavailable' },
    });
    const defect = new Error('a defect');
    await expect(positions(breaking(1, 1, defect), 1)).rejects.toBe(defect);
    await expect(patiently(log, () => Promise.reject(defect))).rejects.toBe(defect);
  });
});
