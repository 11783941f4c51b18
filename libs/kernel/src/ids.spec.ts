import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { uuidV7 } from './ids.ts';

describe('uuidV7', () => {
  it('has the form of RFC 9562, and orders by time', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.uint8Array({ minLength: 10, maxLength: 10 }), (ms, random) => {
        const id = uuidV7(ms, random);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(ms);
        expect(uuidV7(ms + 1, random) > id).toBe(true);
      }),
    );
  });
});
