import { describe, expect, it } from '@jest/globals';
import { startOfFirst, startOfLast, unfinished } from './text.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

describe('half a character at the end', () => {
  const euro = bytes('€');
  const smile = bytes('😀');
  it.each([
    ['nothing', Buffer.alloc(0), 0],
    ['ASCII', bytes('abc'), 0],
    ['a whole character', bytes('a€'), 0],
    ['one byte of three', euro.subarray(0, 1), 1],
    ['two bytes of three', euro.subarray(0, 2), 2],
    ['three bytes of four', smile.subarray(0, 3), 3],
    ['a whole one of four', smile, 0],
    ['bytes that continue nothing', Buffer.from([0x80, 0x80, 0x80, 0x80]), 0],
    ['a byte that begins nothing', Buffer.from([0x61, 0xff]), 0],
  ])('%s', (_what, given, expected) => expect(unfinished(given)).toBe(expected));
});

describe('lines', () => {
  it.each([
    ['a\nb\nc\n', 1, 4],
    ['a\nb\nc', 1, 4],
    ['a\nb\nc\n', 2, 2],
    ['a\nb\nc\n', 3, -1],
    ['\n\n\n', 1, 2],
    ['\n', 1, -1],
    ['', 1, -1],
    ['abc', 1, -1],
  ])('the last of %j: %i begin at %i', (text, lines, start) => expect(startOfLast(bytes(text), lines)).toBe(start));

  it.each([
    ['ab\ncd\n', 3],
    ['abcd\n', 0],
    ['abcd', 0],
    ['', 0],
  ])('the first whole one of %j begins at %i', (text, start) => expect(startOfFirst(bytes(text))).toBe(start));

  it('begin with a whole character where they are cut', () => {
    expect(startOfFirst(bytes('€uro').subarray(1))).toBe(2);
  });
});
