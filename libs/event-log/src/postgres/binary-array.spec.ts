import { describe, expect, it } from '@jest/globals';
import { byteaArray, int8Array, textArray } from './binary-array.ts';

describe('binary arrays', () => {
  it('writes int8 over the whole range of safe integers', () => {
    const values = [0, 1, -1, 2 ** 32, 2 ** 32 - 1, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    const buffer = int8Array(values);
    expect(values.map((_, index) => Number(buffer.readBigInt64BE(24 + 12 * index)))).toEqual(values);
  });

  it('writes text with its length in bytes', () => {
    const buffer = textArray(['', '奕秋', '🀄']);
    expect(buffer.readInt32BE(12)).toBe(3);
    expect(buffer.readInt32BE(20)).toBe(0);
    expect(buffer.readInt32BE(24)).toBe(6);
    expect(buffer.toString('utf8', 28, 34)).toBe('奕秋');
    expect(buffer.readInt32BE(34)).toBe(4);
    expect(buffer.length).toBe(42);
  });

  it('writes bytes as they are', () => {
    const buffer = byteaArray([Uint8Array.of(0, 255)]);
    expect([...buffer.subarray(20)]).toEqual([0, 0, 0, 2, 0, 255]);
  });

  it('writes an empty array without a dimension', () => {
    for (const buffer of [int8Array([]), textArray([]), byteaArray([])]) {
      expect(buffer.length).toBe(12);
      expect(buffer.readInt32BE(0)).toBe(0);
    }
  });
});
