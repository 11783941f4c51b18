import { describe, expect, it } from '@jest/globals';
import { answerOf, EligibilityWatch } from './eligibility.ts';
import type { ExecResult } from './exec.ts';

const result = (more: Partial<ExecResult> = {}): ExecResult => ({ exitCode: 0, stdout: '', message: '', ...more });

describe('what leader.eligible says', () => {
  it.each([
    [result({ stdout: '42\n' }), true, 42],
    [result({ stdout: ' -7 ' }), true, -7],
    [result({ stdout: '+3' }), true, 3],
    [result({ stdout: '-0' }), true, 0],
    [result({ stdout: '' }), true, 0],
    [result({ stdout: '4.2' }), true, 0],
    [result({ stdout: '1e3' }), true, 0],
    [result({ stdout: '9999999999999999' }), true, 0],
    [result({ exitCode: 1, stdout: '5', message: 'exit code 1' }), false, 5],
    [result({ exitCode: null, message: 'no result within 10 ms' }), false, 0],
  ])('%j: ok %s, rank %s', (given, ok, rank) => {
    expect(answerOf(given, 17)).toEqual({ ok, rank, message: given.message, observedAt: 17 });
  });

  /** A check whose answers the test gives. */
  const watched = (intervalMs: number) => {
    const asked: ((answer: ExecResult) => void)[] = [];
    const changes: string[] = [];
    const watch = new EligibilityWatch({
      check: { exec: ['/bin/true'], intervalMs, timeoutMs: 1_000 },
      exec: () => new Promise((resolve) => void asked.push(resolve)),
      changed: (what) => void changes.push(what),
    });
    const settle = async () => {
      for (let n = 0; n < 10; n += 1) await Promise.resolve();
    };
    return { watch, asked, changes, settle };
  };

  it('an older answer does not count once a fresh one is asked for', async () => {
    const { watch, asked, changes, settle } = watched(60_000);
    asked[0]?.(result({ stdout: '1' }));
    await settle();
    expect(watch.answer()).toMatchObject({ ok: true, rank: 1 });
    await watch.fresh(0);
    expect(asked).toHaveLength(1);
    const fresh = watch.fresh(Date.now() + 1);
    expect(watch.answer()).toBeNull();
    // Asked in this very millisecond is too early: it is asked again until it is late enough.
    for (let n = 1; watch.answer() === null || n <= asked.length - 1; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      asked[n]?.(result({ stdout: '2' }));
      await settle();
      if (n > 100) throw new Error('no answer was fresh enough');
    }
    await fresh;
    expect(watch.answer()).toMatchObject({ ok: true, rank: 2 });
    expect(changes).toEqual(['ok', 'rank']);
    watch.close();
  });

  it('a closed one says nothing more', async () => {
    const { watch, asked, changes, settle } = watched(60_000);
    const fresh = watch.fresh(0);
    watch.close();
    asked[0]?.(result());
    await settle();
    await fresh;
    expect(watch.answer()).toBeNull();
    expect(changes).toEqual([]);
  });
});
