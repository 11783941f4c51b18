import { describe, expect, it } from '@jest/globals';
import {
  bytesOf,
  keyFault,
  ofEndpoints,
  relationBytesMax,
  relationSetting,
  sizeFault,
  withSetting,
} from './relation-data.ts';

const set = (values: Record<string, string>, granularity: 'unit' | 'service' = 'unit', endpoint = 'cache') => ({
  endpoint,
  granularity,
  values,
});

describe('relation data of a unit', () => {
  it('grows, changes and shrinks by settings; an endpoint without keys is not listed', () => {
    const first = withSetting({}, set({ a: '1', b: '2' }));
    expect(first).toEqual({ cache: { unit: { a: '1', b: '2' }, service: {} } });
    const second = withSetting(withSetting(first, set({ a: '', c: '3' })), set({ epoch: '7' }, 'service'));
    expect(second).toEqual({ cache: { unit: { b: '2', c: '3' }, service: { epoch: '7' } } });
    const third = withSetting(second, set({ x: 'y' }, 'unit', 'ring'));
    expect(Object.keys(third)).toEqual(['cache', 'ring']);
    expect(withSetting(withSetting(third, set({ b: '', c: '' })), set({ epoch: '' }, 'service'))).toEqual({
      ring: { unit: { x: 'y' }, service: {} },
    });
    expect(ofEndpoints(third, ['ring', 'other'])).toEqual({ ring: third['ring'] });
  });

  it('the same setting twice is the same data, byte for byte', () => {
    const data = withSetting(withSetting({}, set({ a: '1' })), set({ b: '2' }, 'unit', 'ring'));
    expect(JSON.stringify(withSetting(data, set({ a: '1' })))).toBe(JSON.stringify(data));
    expect(withSetting(data, set({ none: '' }, 'unit', 'other'))).toEqual(data);
  });

  it('names of what every object has are names like others', () => {
    const data = withSetting({}, set({ constructor: 'a', toString: 'b' }, 'unit', 'constructor'));
    expect(JSON.parse(JSON.stringify(data))).toEqual({
      constructor: { unit: { constructor: 'a', toString: 'b' }, service: {} },
    });
  });

  it('is bounded as a whole', () => {
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`k${n}`, 'x'.repeat(4_096)]));
    const data = withSetting({}, set(many));
    expect(sizeFault(data)).toBeNull();
    const more = withSetting(data, set({ last: 'x'.repeat(4_096) }));
    expect(bytesOf(more)).toBeGreaterThan(relationBytesMax);
    expect(sizeFault(more)).toContain('at most 65536 bytes');
  });

  it.each([
    ['password', 'unit', null],
    ['a.b-c_d', 'unit', null],
    ['ip', 'service', null],
    ['ip', 'unit', 'is said by the platform itself'],
    ['', 'unit', 'is no name of a key'],
    ['9lives', 'unit', 'is no name of a key'],
    ['a b', 'service', 'is no name of a key'],
    ['x'.repeat(64), 'unit', 'is no name of a key'],
  ] as const)('key "%s" of %s data: %s', (key, granularity, fault) => {
    const found = keyFault(key, granularity);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toContain(fault);
  });

  it('what is no setting is not read as one', () => {
    for (const wrong of [
      {},
      set({ a: 'x'.repeat(4_097) }),
      { ...set({}), more: 1 },
      set({}, 'unit', ''),
      set({ __proto__x: '' }),
    ]) {
      expect(relationSetting.safeParse(wrong).success).toBe(false);
    }
    expect(relationSetting.safeParse(set({ a: '' })).success).toBe(true);
  });
});
