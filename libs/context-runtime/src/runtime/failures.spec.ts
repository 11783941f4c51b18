import { describe, expect, it } from '@jest/globals';
import { openMemoryLog, UnknownOutcomeError } from '@yiqiu/event-log';
import { add } from '../fixtures/counters.fixture.ts';
import { contexts } from '../fixtures/contexts.fixture.ts';
import { meta, until, valueOf } from '../fixtures/harness.fixture.ts';
import { rebuildHash } from '../rebuild/index.ts';
import { countersDomain } from '../fixtures/counters.fixture.ts';

const { open } = contexts();

describe('an append that fails', () => {
  it('refuses its batch, drops memory and goes on from the log', async () => {
    const { runtime, log, reports } = await open();
    await runtime.submit(add('a', 1), meta());
    log.store.failNext('not-appended');
    const failed = await Promise.allSettled([
      runtime.submit(add('a', 10), meta('ten')),
      runtime.submit(add('a', 20), meta()),
    ]);
    for (const outcome of failed)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { error: { kind: 'unavailable' } } });
    await until('it to lead again', () => runtime.status().phase === 'leading');
    expect(reports.codes()).toContain('append-failed');
    expect(await valueOf(runtime, 'a')).toBe(1);
    expect((await runtime.submit(add('a', 10), meta('ten'))).answer).toEqual({ value: 11 });
    expect(log.store.position).toBe(2);
  });

  it.each([
    ['lost-before', 'rejected'],
    ['lost-after', 'fulfilled'],
  ] as const)('whose outcome is not known is settled exactly: %s', async (fault, status) => {
    const { runtime, log, reports } = await open({ domain: { max: 100 } });
    await runtime.submit(add('a', 1), meta());
    const { epoch } = runtime.status();
    log.store.failNext(fault);
    const outcomes = await Promise.allSettled([
      runtime.submit(add('a', 2), meta('two')),
      runtime.submit(add('a', 3), meta()),
      runtime.submit({ type: 'Nothing', data: {} }, meta()),
      runtime.submit(add('a', 3_000), meta()),
    ]);
    const [two, three, nothing, refused] = outcomes;
    expect([two?.status, three?.status, nothing?.status]).toEqual([status, status, status]);
    const lost = { status: 'rejected', reason: { error: { kind: 'unavailable' } } };
    if (status === 'fulfilled') {
      expect(two).toMatchObject({ value: { answer: { value: 3 }, position: 2 } });
      expect(three).toMatchObject({ value: { answer: { value: 6 }, position: 3 } });
      expect(refused).toMatchObject({ status: 'rejected', reason: { error: { code: 'counter-full' } } });
    } else {
      expect(outcomes).toMatchObject([lost, lost, lost, lost]);
    }
    await until('it to lead again', () => runtime.status().phase === 'leading');
    expect(runtime.status().epoch).toBeGreaterThan(epoch);
    expect(reports.codes()).toContain('outcome-unknown');
    expect((await runtime.submit(add('a', 2), meta('two'))).replayed).toBe(status === 'fulfilled');
    expect(await valueOf(runtime, 'a')).toBe(status === 'fulfilled' ? 6 : 3);
  });

  it('takes what was decided on top of it along, and no reader sees what was not stored', async () => {
    const log = openMemoryLog({ context: 'resource' });
    const append = log.append.bind(log);
    const gate = Promise.withResolvers<void>();
    let held = false;
    log.append = async (...args) => {
      if (args[2].commands.some(({ id }) => id === 'first')) {
        held = true;
        await gate.promise;
        throw new UnknownOutcomeError('lost');
      }
      return append(...args);
    };
    const { runtime } = await open({ log });
    const first = runtime.submit(add('a', 1), meta('first'));
    await until('the first to be on its way', () => held);
    const second = runtime.submit(add('a', 1), meta('second'));
    const seen = runtime.read((state) => state.counters.get('a')?.value);
    const settled = Promise.allSettled([first, second, seen]);
    gate.resolve();
    for (const outcome of await settled)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { error: { kind: 'unavailable' } } });
    await until('it to lead again', () => runtime.status().phase === 'leading');
    expect(await valueOf(runtime, 'a')).toBe(0);
    expect(log.store.commands.size).toBe(0);
  });

  it('because another writer took over stops this one, loudly', async () => {
    const { runtime, log, reports } = await open();
    await runtime.submit(add('a', 1), meta());
    log.store.leaseHolder = 'another';
    log.store.leaseUntilMs = Date.now() + 60_000;
    await log.takeOver();
    await expect(runtime.submit(add('a', 1), meta())).rejects.toMatchObject({ error: { kind: 'unavailable' } });
    await until('it to stand by', () => runtime.status().phase === 'standby');
    expect(reports.codes()).toContain('fenced');
    expect(log.store.position).toBe(1);
  });

  it('once in three, under load, loses and doubles nothing', async () => {
    const { runtime, log } = await open({ timings: { leaseTtlMs: 5_000 } });
    const appendFaults = ['not-appended', 'lost-before', 'lost-after'] as const;
    let left = 12;
    let accepted = 0;
    const client = async (n: number): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        for (let tries = 1; ; tries++) {
          const outcome = await runtime
            .submit(add(`c${n % 7}`), meta(`client-${n}-${i}`))
            .catch((error: unknown) => error);
          if (!(outcome instanceof Error)) break;
          expect(outcome).toMatchObject({ error: { kind: 'unavailable' } });
          if (tries > 500) throw outcome;
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        accepted += 1;
        if (accepted % 40 === 0 && left > 0) {
          const fault = appendFaults[left % 3];
          if (fault !== undefined) log.store.failNext(fault);
          left -= 1;
        }
      }
    };
    await Promise.all(Array.from({ length: 50 }, (_, n) => client(n)));
    expect(accepted).toBe(500);
    expect(left).toBe(0);
    const sum = await runtime.read((state) =>
      [...state.counters.values()].reduce((total, { value }) => total + value, 0),
    );
    expect(sum).toBe(500);
    expect(log.store.position).toBe(500);
    const live = await runtime.stateHash();
    expect(await rebuildHash(log, countersDomain('resource'))).toEqual(live);
  }, 30_000);
});
