import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { decodeJson, encodeJson, MalformedMessageError } from './codec.ts';

const schema = z.object({ seq: z.int().min(1) });
const decode = (data: Uint8Array) => decodeJson(schema, { subject: 'yiqiu.m.u.sync.service', data });

describe('messages', () => {
  it('come back as they were, and keep only what the schema knows', () => {
    expect(decode(encodeJson({ seq: 4, more: true }))).toEqual({ seq: 4 });
  });

  it.each([
    ['no UTF-8', new Uint8Array([0xff, 0xfe])],
    ['no JSON', new TextEncoder().encode('{"seq":')],
    ['nothing', new Uint8Array()],
    ['another shape', encodeJson({ seq: 0 })],
  ])('are malformed: %s', (_name, data) => {
    expect(() => decode(data)).toThrow(MalformedMessageError);
    expect(() => decode(data)).toThrow('yiqiu.m.u.sync.service');
  });
});
