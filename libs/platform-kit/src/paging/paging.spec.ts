import { describe, expect, test } from '@jest/globals';
import { RefusedError } from '@yiqiu/kernel';
import fc from 'fast-check';
import { checkFilters, decodeCursor, encodeCursor, page } from './index.ts';

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof RefusedError) return error.error.code;
    throw error;
  }
  return 'accepted';
};

describe('paging', () => {
  test('the pages together are the list, in order, whatever the limit', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 8 })), fc.integer({ min: 1, max: 7 }), (keys, limit) => {
        const seen: string[] = [];
        let cursor = '';
        for (let pages = 0; pages <= keys.length + 1; pages++) {
          const { items, next } = page(keys, { limit, cursor }, (key) => key);
          expect(items.length).toBeLessThanOrEqual(limit);
          seen.push(...items);
          if (next === undefined) break;
          cursor = next;
        }
        expect(seen).toEqual([...keys].sort());
      }),
    );
  });

  test('what goes between two pages does not shift the next one', () => {
    const keys = ['a', 'b', 'c', 'd'];
    const first = page(keys, { limit: 2, cursor: '' }, (key) => key);
    expect(page(keys.slice(2), { limit: 2, cursor: first.next ?? '' }, (key) => key).items).toEqual(['c', 'd']);
  });

  test('limit 0 is 100; beyond 1 to 1,000 is refused', () => {
    const keys = Array.from({ length: 150 }, (_, i) => String(i));
    expect(page(keys, { limit: 0, cursor: '' }, (key) => key).items).toHaveLength(100);
    for (const limit of [-1, 1_001, 1.5, Number.NaN])
      expect(codeOf(() => page(keys, { limit, cursor: '' }, (key) => key))).toBe('limit-out-of-range');
  });

  test('a cursor round-trips; any other text is refused', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (key) => expect(decodeCursor(encodeCursor(key))).toBe(key)));
    for (const cursor of ['x', 'YWZ0ZXI', `${encodeCursor('a')}=`, 'a'.repeat(2_000)])
      expect(codeOf(() => decodeCursor(cursor))).toBe('cursor-malformed');
  });

  test('a filter that the list does not have is refused', () => {
    expect(codeOf(() => checkFilters({ state: 'READY' }, ['state']))).toBe('accepted');
    expect(codeOf(() => checkFilters({ stat: 'READY' }, ['state']))).toBe('filter-unknown');
  });
});
