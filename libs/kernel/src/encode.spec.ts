import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkEventNames, decodeEvent, encodeEvent } from './encode.ts';
import type { EventEnvelope } from './envelope.ts';
import { leafHash } from './leaf.ts';
import { bytesToHex } from './sha256.ts';

const event = (data: Record<string, string>): EventEnvelope => ({
  id: '01a20c94-822d-73a8-98e4-aa78cc91bbfa',
  context: 'machine',
  lineage: '01a20c94-822d-73a8-98e4-000000000000',
  position: 1,
  stream: 'machine/m1',
  revision: 1,
  type: 'MachineAdded',
  version: 1,
  time: '2026-01-01T00:00:00.000Z',
  data,
  meta: {
    actor: 'user:a',
    tenant: 'default',
    commandId: 'c',
    correlationId: 'c',
    causationId: 'c',
    reason: null,
    source: null,
    hlc: { l: 1, c: 0 },
    seen: {},
  },
});

describe('the stored form', () => {
  it('brings back every string, NUL, lone surrogates and all, and is valid UTF-8 without NUL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        const body = encodeEvent(event({ text }));
        expect(decodeEvent(body).data).toEqual({ text });
        expect(body.isWellFormed()).toBe(true);
        expect(body).not.toContain('\0');
      }),
    );
    for (const text of ['\0', '\ud800', '\udfff', '\u2028', '"\\', '😀']) {
      expect(decodeEvent(encodeEvent(event({ text }))).data).toEqual({ text });
    }
  });

  it('hashes as RFC 6962 says: SHA-256 over 0x00 and the bytes', () => {
    // The empty leaf of RFC 6962's test vectors.
    expect(bytesToHex(leafHash(''))).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  });

  it('refuses hostile names, types and streams, and says what is allowed', () => {
    const base = { stream: 'machine/m1', type: 'MachineAdded', version: 1, data: {} };
    expect(checkEventNames(base)).toBeNull();
    for (const stream of [
      'machine',
      'machine/',
      '/m1',
      'machine/a b',
      'machine/\0',
      'machine/\ud800',
      `machine/${'a'.repeat(200)}`,
      '../m',
    ]) {
      expect(checkEventNames({ ...base, stream })?.code).toBe('event-stream-invalid');
    }
    for (const type of ['', 'machineAdded', 'Machine Added', 'M\0', `M${'a'.repeat(80)}`]) {
      expect(checkEventNames({ ...base, type })?.code).toBe('event-type-invalid');
    }
    expect(checkEventNames({ ...base, version: 0 })?.code).toBe('event-version-invalid');
  });
});
