import { describe, expect, it } from '@jest/globals';
import { groupDocument } from '@yiqiu/contracts';
import { RefusedError } from '@yiqiu/kernel';
import { checked } from './check.ts';
import { readBody } from './document.ts';

const document = `apiVersion: yiqiu/v1
kind: Group
name: cache
services:
  redis:
    program: redis@^7
    package: small
    pools:
      - bj01
      - Not A Name
    units: 3
`;

const errorOf = (text: string) => {
  const read = readBody(text);
  try {
    checked(groupDocument, read.value);
  } catch (error) {
    try {
      read.refused(error);
    } catch (again) {
      if (again instanceof RefusedError) return again.error;
      throw again;
    }
  }
  throw new Error('nothing was refused');
};

const sound = document.replace('      - Not A Name\n', '');

describe('a document in YAML', () => {
  it.each([
    ['an unknown key', sound.replace('units: 3', 'unitz: 3'), 'services.redis.unitz', 10],
    ['a wrong value', sound.replace('units: 3', 'units: many'), 'services.redis.units', 10],
    [
      'a missing key: the thing that it is missing in',
      sound.replace('    program: redis@^7\n', ''),
      'services.redis.program',
      5,
    ],
    ['an element of a list: the list, at least', document, 'services.redis.pools[1]', 8],
    ['an unknown key at the top', `${sound}colour: red\n`, 'colour', 11],
  ])('is refused with the line of %s', (_what, text, field, line) => {
    const { kind, errors, message } = errorOf(text);
    expect(kind).toBe('invalid');
    expect(errors?.map((problem) => [problem.field, problem.message?.split(':')[0]])).toContainEqual([
      field,
      `line ${line}`,
    ]);
    expect(message).toContain(`line ${line}`);
  });

  it('is refused as a whole, with the line, where it is no YAML, or a key is there twice', () => {
    for (const [text, line] of [
      ['a: 1\nb: [\n', 2],
      ['a: 1\nb: 2\na: 3\n', 3],
    ] as const) {
      expect(() => readBody(text)).toThrow(RefusedError);
      try {
        readBody(text);
      } catch (error) {
        expect(error instanceof RefusedError && error.error).toMatchObject({
          kind: 'malformed',
          errors: [{ field: expect.stringMatching(new RegExp(`^line [${line}${line + 1}]$`)) }],
        });
      }
    }
  });

  it('does not unfold a bomb of aliases', () => {
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1]',
      ...['b', 'c', 'd', 'e'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcd'[at]}`).join(',')}]`),
    ].join('\n');
    expect(() => readBody(bomb)).toThrow(
      expect.objectContaining({ error: expect.objectContaining({ kind: 'malformed' }) }),
    );
  });

  it.each(['name: *nothing', 'a: &a [*a]'])('refuses an alias that has no value: %s', (text) => {
    expect(() => readBody(text)).toThrow(
      expect.objectContaining({ error: expect.objectContaining({ kind: 'malformed' }) }),
    );
  });
});
