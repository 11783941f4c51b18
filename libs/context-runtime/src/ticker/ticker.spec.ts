import { describe, expect, it } from '@jest/globals';
import type { CounterCommand } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { meta, shiftedHost, until, type CountersRuntime } from '../fixtures/harness.fixture.ts';

const { open } = contexts();

const expire = (counter: string, at: number): CounterCommand => ({ type: 'Expire', data: { counter, at } });
const deadlineOf = (runtime: CountersRuntime, counter: string) =>
  runtime.read((state) => state.counters.get(counter)?.deadline ?? null);

describe('the ticker', () => {
  it('makes happen what is due, at its time and not before', async () => {
    const { runtime, log } = await open();
    const at = runtime.now() + 80;
    await runtime.submit(expire('far', runtime.now() + 1e9), meta());
    await runtime.submit(expire('a', at), meta());
    await runtime.submit(expire('b', at + 30), meta());
    expect(await deadlineOf(runtime, 'a')).toBe(at);
    await until('both to expire', () => log.store.position === 5);
    const [a, b] = (await Array.fromAsync(log.read(4))).map(({ event }) => event);
    expect([a?.type, b?.type]).toEqual(['Expired', 'Expired']);
    expect(Date.parse(a?.time ?? '')).toBeGreaterThanOrEqual(at);
    expect(a?.meta.actor).toBe('system:resource');
    expect(a?.meta.commandId).toMatch(new RegExp(`^${log.store.lineage}:3@\\d+$`));
    expect(await deadlineOf(runtime, 'far')).not.toBeNull();
  });

  it('does at the start what became due meanwhile', async () => {
    const { runtime, log, bus } = await open();
    await runtime.submit(expire('a', runtime.now() + 20), meta());
    await runtime.stop();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(log.store.position).toBe(1);
    await open({ log, bus });
    await until('it to expire', () => log.store.position === 2);
  });

  it('stands still while the clock has jumped, and goes on when that is taken back', async () => {
    const { host, shift } = shiftedHost();
    const { runtime, log, reports } = await open({ host, timings: { clockSettleMs: 60_000, leaseTtlMs: 60_000 } });
    await runtime.submit(expire('a', runtime.now() + 60), meta());
    shift(3_600_000);
    await until('the alarm', () => reports.codes().includes('clock-jumped'));
    expect(runtime.now()).toBeLessThan(Date.now() + 1_000);
    expect(log.store.position).toBe(1);
    shift(-3_600_000);
    await until('it to expire', () => log.store.position === 2);
  });

  it('alarms and waits where a deadline stands although it passed', async () => {
    const { runtime, log, reports } = await open();
    await runtime.submit(expire('a', runtime.now() + 1e6), meta());
    await runtime.read((state) => {
      // A domain whose index says due what its tick does not find.
      state.deadlines.next = () => ({ at: 1, key: 'a' });
    });
    await runtime.submit({ type: 'Nothing', data: {} }, meta());
    await until('the alarm', () => reports.codes().filter((code) => code === 'tick-failing').length >= 2);
    expect(reports.codes().filter((code) => code === 'tick-failing').length).toBeLessThan(5);
    expect(log.store.position).toBe(1);
  });
});
