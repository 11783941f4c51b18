import { describe, expect, it } from '@jest/globals';
import { parseOptions, UsageError } from '../options.ts';
import { figureOf } from './figure.ts';
import { ratioOf, sampleOf } from './sample.ts';
import { tableOf } from './table.ts';

describe('a sample', () => {
  it('has the median of its rounds and their spread', () => {
    expect(sampleOf([30, 10, 20])).toEqual({ median: 20, min: 10, max: 30, rounds: [30, 10, 20] });
    expect(sampleOf([40, 10, 20, 30]).median).toBe(25);
    expect(() => sampleOf([])).toThrow(RangeError);
  });

  it('is compared round by round', () => {
    const ratio = ratioOf(sampleOf([100, 50, 120]), sampleOf([10, 10, 10]));
    expect(ratio).toEqual({ median: 10, min: 5, max: 12, rounds: [10, 5, 12] });
    expect(() => ratioOf(sampleOf([1]), sampleOf([1, 2]))).toThrow(RangeError);
  });
});

describe('a figure', () => {
  const measured = { bench: 'commands', name: '64 clients', unit: 'commands/s', own: [500, 400, 700] } as const;
  const against = { name: 'peer', rounds: [100, 100, 100] };

  it('holds where the median ratio reaches its target', () => {
    expect(figureOf({ ...measured, against, target: { atLeast: 5 } })).toMatchObject({
      holds: true,
      ratio: { median: 5 },
    });
    expect(figureOf({ ...measured, against, target: { atLeast: 5.1 } }).holds).toBe(false);
    expect(figureOf({ ...measured, against }).holds).toBeNull();
  });

  it('holds a bound from above with all that was measured, that of a comparison with the median', () => {
    const agents = { bench: 'memory', name: 'agent', unit: 'MiB', own: [70, 71, 90] } as const;
    expect(figureOf({ ...agents, target: { below: 90 } })).toMatchObject({ holds: false, ratio: null });
    expect(figureOf({ ...agents, target: { below: 90.1 } }).holds).toBe(true);
    const { holds } = figureOf({
      ...agents,
      against: { name: 'peer', rounds: [100, 100, 100] },
      target: { below: 0.72 },
    });
    expect(holds).toBe(true);
  });

  it('is a line of the table', () => {
    const lines = tableOf([
      figureOf({ ...measured, against, target: { atLeast: 5.5 } }),
      figureOf({ bench: 'memory', name: 'nats', unit: 'MiB', own: [15.25] }),
    ]).split('\n');
    expect(lines.map((line) => line.split(/ {2,}/).filter((cell) => cell !== ''))).toEqual([
      ['yiqiu', 'unit', 'against', 'ratio', 'target'],
      ['commands: 64 clients', '500 (400–700)', 'commands/s', 'peer', '100 (100–100)', '5 (4–7)', '>= 5.5', 'MISSED'],
      ['memory: nats', '15.3', 'MiB'],
    ]);
  });
});

describe('the options', () => {
  it('choose what is measured, and how long', () => {
    expect(parseOptions([])).toMatchObject({
      only: ['commands', 'append', 'rebuild', 'rest', 'grpc', 'config', 'deploy', 'memory', 'idle'],
      quick: false,
      jsonFile: null,
      effort: { rebuildEvents: 500_000 },
    });
    expect(parseOptions(['--only', 'memory', '--only', 'append', '--quick', '--json', 'x.json'])).toMatchObject({
      only: ['memory', 'append'],
      quick: true,
      jsonFile: 'x.json',
    });
  });

  it.each([[['--only', 'nothing']], [['--fast']], [['more']]])('refuse %j', (args) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
  });
});
