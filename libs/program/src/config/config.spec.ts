import { describe, expect, it } from '@jest/globals';
import { castConfig } from './cast.ts';
import { validateConfig } from './validate.ts';

const manifest = {
  config: {
    type: 'object' as const,
    properties: {
      maxmemory: { type: 'string', default: '64mb', pattern: '^\\d+mb$' },
      databases: { type: 'integer', minimum: 1, maximum: 64 },
      ratio: { type: 'number' },
      appendonly: { type: 'boolean', default: false },
      mode: { enum: ['fast', 'safe', 3] },
      tags: { type: 'array', items: { type: 'string' }, maxItems: 2 },
      sizes: { type: 'array', items: { type: 'integer' } },
      limits: { type: 'object', properties: { soft: { type: 'integer', default: 1 } }, additionalProperties: false },
      level: { type: ['integer', 'string'] },
    },
  },
};

const everything = { databases: null, ratio: null, mode: null, tags: null, sizes: null, limits: null, level: null };

describe('validating', () => {
  it('fills in defaults, and null where there is none', () => {
    expect(validateConfig(manifest, {})).toEqual({ config: { ...everything, maxmemory: '64mb', appendonly: false } });
    expect(validateConfig(manifest, { maxmemory: null, databases: 4, appendonly: true })).toEqual({
      config: { ...everything, maxmemory: '64mb', databases: 4, appendonly: true },
    });
  });

  it('fills in defaults within values, without touching what was given', () => {
    const values = { limits: {} };
    expect(validateConfig(manifest, values)).toMatchObject({ config: { limits: { soft: 1 } } });
    expect(values).toEqual({ limits: {} });
  });

  it.each([
    [{ maxmemry: '1mb' }, { field: 'maxmemry', value: '1mb', reason: 'unknown key (did you mean "maxmemory"?)' }],
    [{ databases: 0 }, { field: 'databases', value: 0, reason: 'must be >= 1', allowed: '>= 1' }],
    [{ databases: '4' }, { field: 'databases', value: '4', reason: 'must be integer', allowed: 'integer' }],
    [{ maxmemory: 'much' }, { field: 'maxmemory', value: 'much', allowed: 'what matches ^\\d+mb$' }],
    [{ mode: 'slow' }, { field: 'mode', value: 'slow', allowed: 'fast, safe, 3' }],
    [{ tags: ['a', 'b', 'c'] }, { field: 'tags', allowed: 'at most 2 elements' }],
    [{ tags: ['a', 5] }, { field: 'tags/1', value: 5, allowed: 'string' }],
    [{ limits: { hard: 1 } }, { field: 'limits', reason: 'has an unknown key "hard"' }],
    [{ level: true }, { field: 'level', allowed: 'integer or string' }],
    [{ ratio: Number.NaN }, { field: 'ratio', reason: 'cannot be said in JSON' }],
    [{ maxmemory: 'x'.repeat(70_000) }, { field: '', reason: 'is too large' }],
    [{ constructor: 'x' }, { field: 'constructor', reason: 'unknown key' }],
  ])('refuses %j', (values, problem) => {
    expect(validateConfig(manifest, values)).toEqual({ problems: [expect.objectContaining(problem)] });
  });

  it('tells all problems', () => {
    const result = validateConfig(manifest, { databases: 100, appendonly: 'yes', ratio: 'x' });
    expect('problems' in result && result.problems.map(({ field }) => field)).toEqual([
      'databases',
      'ratio',
      'appendonly',
    ]);
  });

  it('asks for what is required', () => {
    const config = {
      type: 'object' as const,
      properties: { host: { type: 'string' }, port: { type: 'integer', default: 1 } },
      required: ['host', 'port'],
    };
    expect(validateConfig({ config }, {})).toEqual({
      problems: [{ field: 'host', value: null, reason: 'needs a value', allowed: 'a value: the key has no default' }],
    });
    expect(validateConfig({ config }, { host: 'x' })).toEqual({ config: { host: 'x', port: 1 } });
  });

  it('lets other keys in where the schema does', () => {
    const config = { type: 'object' as const, properties: {}, additionalProperties: { type: 'integer' } };
    expect(validateConfig({ config }, { a: 1 })).toEqual({ config: { a: 1 } });
    expect(validateConfig({ config }, { a: 'x' })).toHaveProperty('problems');
  });
});

describe('casting key=value', () => {
  it.each([
    ['maxmemory', '128mb', '128mb'],
    ['maxmemory', '12', '12'],
    ['databases', '16', 16],
    ['ratio', '-0.5', -0.5],
    ['appendonly', 'true', true],
    ['mode', 'fast', 'fast'],
    ['mode', '3', 3],
    ['tags', 'a, b', ['a', 'b']],
    ['tags', '["a,b"]', ['a,b']],
    ['sizes', '1,2', [1, 2]],
    ['limits', '{"soft":2}', { soft: 2 }],
    ['level', '5', 5],
    ['level', 'high', 'high'],
    ['databases', '', null],
  ])('%s=%s', (key, text, value) => {
    expect(castConfig(manifest, { [key]: text })).toEqual({ values: { [key]: value } });
  });

  it.each([
    ['databases', 'many', 'a whole number'],
    ['databases', '1.5', 'a whole number'],
    ['ratio', 'half', 'a number'],
    ['appendonly', 'yes', 'true or false'],
    ['sizes', '1,x', 'a list of which each is a whole number'],
    ['limits', 'soft=1', 'an object in JSON'],
    ['tags', '[a', 'a list in JSON'],
    ['nosuch', '1', 'one of maxmemory'],
  ])('%s=%s is refused', (key, text, allowed) => {
    expect(castConfig(manifest, { [key]: text })).toEqual({
      problems: [expect.objectContaining({ field: key, value: text, allowed: expect.stringContaining(allowed) })],
    });
  });
});
