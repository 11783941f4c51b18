import { describe, expect, it } from '@jest/globals';
import { latencyFigures, percentileOf } from './percentile.ts';

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);

  it('is the smallest value that so many do not exceed', () => {
    expect(percentileOf(hundred, 50)).toBe(50);
    expect(percentileOf(hundred, 99)).toBe(99);
    expect(percentileOf(hundred, 100)).toBe(100);
    expect(percentileOf([7], 99)).toBe(7);
    expect(percentileOf([3, 1, 2], 50)).toBe(2);
  });

  it('of ten values, the 99th is the slowest', () => {
    expect(percentileOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 99)).toBe(10);
  });

  it('of nothing is refused', () => {
    expect(() => percentileOf([], 50)).toThrow(RangeError);
  });
});

describe('latencies', () => {
  it('are two figures, round by round', () => {
    const figures = latencyFigures({
      ...{
        bench: 'grpc',
        name: 'label',
        rounds: [
          [1, 2, 9],
          [2, 4, 8],
        ],
      },
      against: {
        name: 'read',
        rounds: [
          [1, 1, 3],
          [1, 2, 2],
        ],
      },
    });
    expect(figures).toMatchObject([
      { name: 'label, p50', unit: 'ms', own: { rounds: [2, 4] }, against: { sample: { rounds: [1, 2] } } },
      { name: 'label, p99', own: { rounds: [9, 8] }, ratio: { rounds: [3, 4] } },
    ]);
  });
});
