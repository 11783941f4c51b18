import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical.ts';
import { stateHash } from './state-hash.ts';

describe('state hash', () => {
  it('does not depend on the order of rows or keys', () => {
    const one = stateHash({
      a: [
        ['x', { p: 1, q: [true, null] }],
        ['y', 'z'],
      ],
      b: [],
    });
    const other = stateHash({
      b: [],
      a: [
        ['y', 'z'],
        ['x', { q: [true, null], p: 1 }],
      ],
    });
    expect(one).toBe(other);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with any row, key, table or value', () => {
    const hashes = [
      stateHash({ a: [['x', 1]] }),
      stateHash({ a: [['x', 2]] }),
      stateHash({ a: [['y', 1]] }),
      stateHash({ b: [['x', 1]] }),
      stateHash({
        a: [
          ['x', 1],
          ['y', 1],
        ],
      }),
      stateHash({}),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is over bytes that any JSON reader takes for the same value', () => {
    const value = fc.letrec((tie) => ({
      json: fc.oneof(
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string(),
        fc.array(tie('json')),
        fc.dictionary(fc.string(), tie('json')),
      ),
    })).json;
    fc.assert(
      fc.property(value, (json) => {
        expect(JSON.parse(canonicalJson(json as never))).toEqual(json);
      }),
    );
  });

  it('refuses numbers that are not integers', () => {
    expect(() => canonicalJson(0.5)).toThrow('0.5');
    expect(() => canonicalJson(Number.NaN)).toThrow('NaN');
    expect(() => canonicalJson(2 ** 53)).toThrow(RangeError);
  });
});
