import { describe, expect, it } from '@jest/globals';
import { stampOf } from './stamp.ts';

describe('a stamp', () => {
  it('is a value and when it was taken', () => {
    expect(stampOf('change-3 1764018000123.456\n')).toEqual({ value: 'change-3', at: 1_764_018_000_123.456 });
  });

  it.each(['', 'change-3', 'change-3 soon', 'a b 1'])('is not %j', (text) => {
    expect(() => stampOf(text)).toThrow('no stamp');
  });
});
