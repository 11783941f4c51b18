import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fingerprint } from './fingerprint.ts';

const command = (data: { readonly [key: string]: never }) => ({ type: 'T', data });

describe('fingerprint', () => {
  it('is that of the value: what JSON makes of it has the same, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const reversed = Object.fromEntries(Object.entries(data).reverse());
        const data1 = JSON.parse(JSON.stringify(data));
        expect(fingerprint(command(data1))).toBe(fingerprint(command(JSON.parse(JSON.stringify(reversed)))));
      }),
    );
  });

  it('tells different values apart', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [left, right] = [JSON.parse(JSON.stringify({ a })), JSON.parse(JSON.stringify({ a: b }))];
        const same = fingerprint(command(left)) === fingerprint(command(right));
        expect(same).toBe(deepEqual(left, right));
      }),
    );
  });

  it('leaves out what is undefined and refuses what JSON cannot hold', () => {
    expect(fingerprint({ type: 'T', data: { a: 1, b: undefined } })).toBe(fingerprint({ type: 'T', data: { a: 1 } }));
    expect(() => fingerprint({ type: 'T', data: { a: Number.NaN } })).toThrow(TypeError);
    expect(fingerprint({ type: 'T', data: {} })).not.toBe(fingerprint({ type: 'U', data: {} }));
  });
});

const deepEqual = (a: unknown, b: unknown): boolean => {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
};
