import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tempDir } from '@yiqiu/testing';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { boundLog, NotPlainFileError, setAsideOf } from '../layout/index.ts';
import { CursorError, readLog } from './read.ts';

let temp: ReturnType<typeof tempDir>;
let path: string;
beforeEach(() => {
  temp = tempDir();
  path = join(temp.path, 'stdout.log');
});
afterEach(() => temp.remove());

const tail = (lines: number, bytesMax?: number) => readLog(path, { lines, cursor: null }, bytesMax);
const since = (cursor: string, bytesMax?: number) => readLog(path, { lines: 1, cursor }, bytesMax);
const print = (text: string | Uint8Array): void => appendFileSync(path, text);
const rotate = (): void => expect(boundLog(path, 0)).toBe(true);

describe('the last lines', () => {
  it('of nothing are nothing, and what comes is new', () => {
    const none = tail(10);
    expect(none).toMatchObject({ text: '', truncated: false, more: false, writtenAt: null });
    print('one\ntwo\n');
    expect(since(none.cursor)).toMatchObject({ text: 'one\ntwo\n', truncated: false });
  });

  it('are as many as asked for, the one that is being written among them', () => {
    print('one\ntwo\nthree\nfo');
    expect(tail(2)).toMatchObject({ text: 'three\nfo', truncated: false, more: false });
    expect(tail(100)).toMatchObject({ text: 'one\ntwo\nthree\nfo', truncated: false });
  });

  it('go on into what was set aside', () => {
    print('one\ntwo\n');
    rotate();
    print('three\n');
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\ntwo\n');
    expect(tail(2).text).toBe('two\nthree\n');
    expect(tail(100).text).toBe('one\ntwo\nthree\n');
  });

  it('are cut at a line where they are more than an answer holds, and at a character where one line is', () => {
    print('0123456789\n'.repeat(10));
    expect(tail(100, 30)).toMatchObject({ text: '0123456789\n0123456789\n', truncated: true });
    expect(tail(2, 30)).toMatchObject({ text: '0123456789\n0123456789\n', truncated: false });
    writeFileSync(path, '€'.repeat(20));
    expect(tail(1, 31)).toMatchObject({ truncated: true, text: '€'.repeat(10) });
  });

  it('that are no UTF-8 stay within the bound', () => {
    print(Buffer.alloc(100, 0xff));
    const { text, truncated } = tail(10, 60);
    expect({ text, truncated }).toEqual({ text: '\ufffd'.repeat(20), truncated: true });
  });
});

describe('what has come since', () => {
  it('is each byte once, a character split between two answers too', () => {
    const euro = Buffer.from('€');
    print('a');
    print(euro.subarray(0, 2));
    const first = tail(10);
    expect(first).toMatchObject({ text: 'a', more: false });
    expect(since(first.cursor)).toMatchObject({ text: '', cursor: first.cursor });
    print(euro.subarray(2));
    print('b\n');
    expect(since(first.cursor).text).toBe('€b\n');
  });

  it('comes in pieces within the bound, each character whole', () => {
    print('x');
    let { cursor } = tail(1);
    const wanted = 'äöü€😀\n'.repeat(50);
    print(wanted);
    let text = '';
    for (let more = true; more;) {
      const piece = since(cursor, 17);
      expect(Buffer.byteLength(piece.text)).toBeLessThanOrEqual(17);
      expect(piece.truncated).toBe(false);
      ({ cursor, more } = piece);
      text += piece.text;
    }
    expect(text).toBe(wanted);
  });

  it('loses nothing and doubles nothing over rotations, at any place of the cursor', () => {
    print('a€');
    let { cursor } = tail(10);
    let text = '';
    let wanted = '';
    const look = (): void => {
      const piece = since(cursor);
      expect(piece.truncated).toBe(false);
      text += piece.text;
      cursor = piece.cursor;
    };
    for (let round = 0; round < 5; round += 1) {
      const euro = Buffer.from('€');
      print(`${round} before\n`);
      print(euro.subarray(0, 1));
      if (round % 2 === 0) look();
      rotate();
      // The other half of the character stands in the next file.
      print(euro.subarray(1));
      print(` ${round} after\n`);
      look();
      wanted += `${round} before\n€ ${round} after\n`;
    }
    expect(text).toBe(wanted);
    expect(setAsideOf(path).map(({ number }) => number)).toEqual([5]);
  });

  it('says where a second rotation took what it would have gone on with', () => {
    print('one\n');
    const { cursor } = tail(1);
    print('lost\n');
    rotate();
    print('two\n');
    rotate();
    print('three\n');
    expect(since(cursor)).toMatchObject({ text: 'two\nthree\n', truncated: true });
  });

  it('begins anew in a file that somebody emptied, or that is another one', () => {
    print('one\ntwo\n');
    const { cursor } = tail(1);
    truncateSync(path, 0);
    print('new\n');
    expect(since(cursor)).toMatchObject({ text: 'new\n', truncated: true });
    linkSync(path, `${path}-kept-so-that-its-inode-is-not-given-again`);
    rmSync(path);
    print('another\n');
    expect(since(cursor)).toMatchObject({ text: 'another\n', truncated: false });
  });

  it('is refused with what is no cursor', () => {
    expect(() => since('x')).toThrow(CursorError);
    expect(() => since('-.1.1.1')).toThrow(CursorError);
  });
});

describe('a name that is no plain file', () => {
  it.each([
    ['a link', () => symlinkSync('/etc/passwd', path)],
    ['a pipe', () => execFileSync('mkfifo', [path])],
    ['a directory', () => mkdirSync(path)],
  ])('is neither read nor set aside: %s', (_what, make) => {
    make();
    expect(() => tail(1)).toThrow(NotPlainFileError);
    expect(() => boundLog(path, 0)).toThrow(NotPlainFileError);
  });

  it('is not written to where the next one set aside would be', () => {
    const victim = join(temp.path, 'victim');
    writeFileSync(victim, 'mine');
    print('one\n');
    symlinkSync(victim, join(temp.path, '.stdout.log.new'));
    symlinkSync(victim, `${path}.1`);
    rotate();
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });
});
