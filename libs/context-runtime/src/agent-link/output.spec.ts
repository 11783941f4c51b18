import { describe, expect, it } from '@jest/globals';
import { outputBytesMax } from '@yiqiu/contracts';
import { createHash } from 'node:crypto';
import { outputOf } from './output.ts';

const of = (output: string, outputTruncated = false) => outputOf({ output, outputTruncated });

describe('output of a step', () => {
  it('is null where there is none', () => {
    expect(of('')).toBeNull();
  });

  it('is named by its digest, with its last line that says something', () => {
    const { bytes, ref } = of('one\ntwo \n\n') ?? { bytes: new Uint8Array(), ref: null };
    expect(ref).toEqual({
      digest: createHash('sha256').update('one\ntwo \n\n').digest('hex'),
      sizeBytes: 10,
      truncated: false,
      tail: 'two',
    });
    expect(new TextDecoder().decode(bytes)).toBe('one\ntwo \n\n');
    expect(of('x', true)?.ref.truncated).toBe(true);
  });

  it('keeps the last 64 KiB, cut at a character', () => {
    const kept = of('奕'.repeat(30_000));
    expect(kept?.ref).toMatchObject({ truncated: true, sizeBytes: outputBytesMax - (outputBytesMax % 3) });
    expect(new TextDecoder('utf-8', { fatal: true }).decode(kept?.bytes)).toMatch(/^奕+$/);
  });

  it('has a tail of at most 200 characters, never half a surrogate', () => {
    expect(of('a'.repeat(300))?.ref.tail).toHaveLength(200);
    expect(of(`${'a'.repeat(199)}😀`)?.ref.tail).toBe('a'.repeat(199));
  });
});
