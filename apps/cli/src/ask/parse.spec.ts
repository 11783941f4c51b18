import { describe, expect, it } from '@jest/globals';
import { CliError, exitCodes } from '../exit.ts';
import { confirm } from './confirm.ts';
import { nearest } from './nearest.ts';
import { assignments, count, programRef, servicePath, timeoutMs, unitPath } from './parse.ts';

const usage = expect.objectContaining({ exitCode: exitCodes.usage });

describe('what a person types', () => {
  it('is a path of REST', () => {
    expect(servicePath('cache/redis')).toBe('/groups/cache/services/redis');
    expect(unitPath('cache/redis/12')).toBe('/groups/cache/services/redis/units/12');
    expect(programRef('redis@7.0.15')).toEqual({ name: 'redis', version: '7.0.15' });
  });

  it.each([
    [() => servicePath('cache')],
    [() => servicePath('cache/redis/0')],
    [() => servicePath('../x')],
    [() => unitPath('cache/redis')],
    [() => unitPath('cache/redis/x')],
    [() => programRef('redis')],
    [() => count('N', '-1')],
    [() => count('N', '1.5')],
    [() => timeoutMs('10')],
    [() => assignments(['a'])],
    [() => assignments(['=a'])],
    [() => assignments(['a=1', 'a=2'])],
  ])('is wrong usage otherwise: %s', (wrong) => {
    expect(wrong).toThrow(CliError);
    expect(() => wrong()).toThrow(usage);
  });

  it('assigns, with further equals signs and nothing', () => {
    expect(assignments(['a=b=c', 'd='])).toEqual({ a: 'b=c', d: '' });
    expect(timeoutMs('10m')).toBe(600_000);
  });
});

describe('names that were meant', () => {
  it.each([
    ['hallo', ['hello', 'world'], ['hello']],
    ['cache/redsi', ['cache/redis', 'cache/proxy'], ['cache/redis']],
    ['m33', ['m1', 'm3', 'm30'], ['m3', 'm30']],
    ['redis', ['cache/redis'], ['cache/redis']],
    ['zzz', ['hello'], []],
  ])('%s of %j are %j', (asked, names, found) => expect(nearest(asked, names)).toEqual(found));
});

describe('a question', () => {
  it('needs --yes where there is no terminal', async () => {
    await expect(confirm('destroy it?', { yes: true })).resolves.toBeUndefined();
    if (process.stdin.isTTY !== true) await expect(confirm('destroy it?', {})).rejects.toEqual(usage);
  });
});
