import { describe, expect, it } from '@jest/globals';
import { fieldOf } from '../problem/index.ts';
import { filesOf, head } from './manifest.fixture.ts';
import { parseManifest } from './parse.ts';

const parse = (lines: string) => parseManifest(`${head}config:\n  type: object\n  properties:\n${lines}`, filesOf({}));

function refused(lines: string): string[] {
  const parsed = parse(lines);
  if ('manifest' in parsed) throw new Error('the schema was accepted');
  return parsed.problems.map((problem) => `${fieldOf(problem)} ${problem.path}: ${problem.reason}`);
}

describe('a config schema', () => {
  it.each([
    [
      'every plain type',
      '    a: { type: string }\n    b: { type: integer, minimum: 1 }\n    c: { type: boolean }\n    d: { type: [string, "null"] }\n',
    ],
    [
      'lists and objects',
      '    a: { type: array, items: { type: string }, uniqueItems: true }\n    b: { type: object, properties: { c: { type: number } } }\n',
    ],
    [
      'enum, const, pattern, format',
      '    a: { enum: [x, 1, true] }\n    b: { const: 1 }\n    c: { type: string, pattern: "^[a-z]+$" }\n    d: { type: string, format: ipv4 }\n',
    ],
    ['references', "    a: { $ref: '#/$defs/size' }\n  $defs:\n    size: { type: string, pattern: '^\\d+mb$' }\n"],
    ['x-apply', '    a: { type: string, x-apply: live }\n    b: { type: string, x-apply: reload }\n'],
    [
      'dependencies between keys',
      '    a: { type: string }\n    b: { type: string }\n  dependentRequired: { a: [b] }\n',
    ],
    [
      'defaults that fit',
      '    a: { type: integer, default: 5 }\n    b: { type: array, items: { type: string }, default: [x] }\n',
    ],
    ['keys with dots and dashes', '    log.retention-hours: { type: integer }\n'],
    ['no properties', ''],
  ])('may have %s', (_, lines) => {
    const parsed = lines === '' ? parseManifest(`${head}config: { type: object }\n`, filesOf({})) : parse(lines);
    expect(parsed).toHaveProperty('manifest');
  });

  it.each([
    [
      'a misspelt keyword',
      '    a: { type: string, defualt: x }\n',
      'yiqiu.yaml:8 config.properties.a.defualt: unknown keyword "defualt" (did you mean "default"?)',
    ],
    [
      'a misspelt type',
      '    a: { type: strng }\n',
      'yiqiu.yaml:8 config.properties.a.type: is not one of the allowed values',
    ],
    [
      'a keyword of the wrong kind',
      '    a: { type: string, minLength: short }\n',
      'config.properties.a.minLength: must be integer',
    ],
    [
      'a default that does not fit',
      '    a:\n      type: integer\n      default: many\n',
      'yiqiu.yaml:10 config.properties.a.default: the default must be integer',
    ],
    [
      'x-apply of another kind',
      '    a: { type: string, x-apply: reboot }\n',
      '"reboot" is not one of live, reload, restart',
    ],
    [
      'x-apply within a key',
      '    a: { type: object, properties: { b: { type: string, x-apply: live } } }\n',
      'belongs to a config key',
    ],
    ['a secret', '    a: { type: string, x-secret: true }\n', '"x-secret" is not supported yet'],
    [
      'a secret within',
      '    a: { type: array, items: { type: string, x-secret: true } }\n',
      '"x-secret" is not supported yet',
    ],
    ['an unknown format', '    a: { type: string, format: ipv5 }\n', '"ipv5" is not one of ipv4'],
    [
      'a bad pattern',
      '    a: { type: string, pattern: "[" }\n',
      'yiqiu.yaml:8 config.properties.a.pattern: Invalid regular expression',
    ],
    ['a reference to nothing', "    a: { $ref: '#/$defs/x' }\n", 'is no valid schema'],
    [
      'a required key that is not declared',
      '    a: { type: string }\n  required: [b]\n',
      'yiqiu.yaml:9 config.required: requires "b", which is no declared key',
    ],
    ['a bad key', '    "a b": { type: string }\n', '"a b" is no name for a config key'],
    ['__proto__', '    __proto__: { type: string }\n', '"__proto__" is no name for a config key'],
    [
      'two keys that are one variable',
      '    a-b: { type: string }\n    a_b: { type: string }\n',
      'yiqiu.yaml:9 config.properties.a_b: "a_b" and "a-b" both become YIQIU_CONFIG_A_B',
    ],
    ['a key that is no schema', '    a: string\n', 'config.properties.a: must be a map, not a string'],
    ['then without if', '    a: { type: string, then: { minLength: 1 } }\n', 'is no valid schema'],
    [
      'another draft',
      '    a: { type: string }\n  $schema: http://json-schema.org/draft-07/schema#\n',
      'is not one of https://json-schema.org/draft/2020-12/schema',
    ],
    ['too deep a nest', `    a: ${'{ not: '.repeat(20)}true${' }'.repeat(20)}\n`, 'is nested too deeply'],
    ['what JSON cannot say', '    a: { type: number, default: .inf }\n', 'holds what JSON cannot say'],
  ])('may not have %s', (_, lines, problem) => {
    expect(refused(lines).join('\n')).toContain(problem);
  });

  it('is one of an object', () => {
    const problems = (text: string) => {
      const parsed = parseManifest(`${head}${text}`, filesOf({}));
      return 'problems' in parsed ? parsed.problems.map(({ line, path, reason }) => `${line} ${path}: ${reason}`) : [];
    };
    expect(problems('config: { type: array }\n')).toEqual(['5 config.type: must be the schema of an object']);
    expect(problems('config: { properties: {} }\n')).toEqual(['5 config: must be the schema of an object']);
    expect(problems('config: []\n')).toEqual(['5 config: must be a map, not a list']);
  });

  it('tells all problems of all keys', () => {
    expect(
      refused('    a: { tpye: string }\n    b: { type: strng }\n    c: { type: string, x-apply: now }\n'),
    ).toHaveLength(3);
  });
});
