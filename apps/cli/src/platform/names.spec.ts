import { describe, expect, it } from '@jest/globals';
import { CliError, exitCodes } from '../exit.ts';
import { placeOf } from './names.ts';
import { problemError } from './problem.ts';

const nobody = (): Promise<unknown> => Promise.reject(new Error('nothing is to be asked'));

const problem = (status: number, more: object): string =>
  JSON.stringify({ type: 't', title: 't', status, code: 'c', detail: 'there is no machine "m33"', ...more });

describe('a name that is not there', () => {
  it.each([
    ['/machines/m33/repair', 'machine', 'm33', '/machines'],
    ['/groups/cache', 'group', 'cache', '/groups'],
    ['/status?group=cache', 'group', 'cache', '/groups'],
    ['/groups/cache/services/redis/scale', 'service', 'cache/redis', '/services'],
    ['/groups/cache/services/redis/units/3/retry', 'unit', 'cache/redis/3', '/units'],
    ['/programs/redis/7.0', 'program', 'redis@7.0', '/programs'],
  ])('%s is a %s %s, listed at %s', (path, noun, asked, list) => {
    expect(placeOf(path)).toMatchObject({ noun, asked, path: list, list: `yiqiu ${noun} list` });
  });

  it('has no place where nothing is named', () => {
    for (const path of ['/pools', '/status', '/events', '/operations/x']) expect(placeOf(path)).toBeNull();
  });

  it('comes with the nearest ones, or with those that are there', async () => {
    const get = (names: readonly string[]) => (path: string) => {
      expect(path).toBe('/machines?limit=1000');
      return Promise.resolve({ items: names.map((name) => ({ name })), next: null });
    };
    const near = await problemError(404, problem(404, {}), '/machines/m33', get(['m3', 'other']));
    expect(near).toMatchObject({ exitCode: exitCodes.notFound, next: 'yiqiu machine list' });
    expect(near.message).toContain('Did you mean m3?');
    expect((await problemError(404, problem(404, {}), '/machines/m33', get(['abc']))).message).toContain(
      'there are: abc',
    );
    const away = () => Promise.reject(new CliError(exitCodes.unreachable, 'away'));
    expect((await problemError(404, problem(404, {}), '/machines/m33', away)).message).toBe(
      'there is no machine "m33"',
    );
  });
});

describe('a problem', () => {
  it.each([
    [400, exitCodes.refused],
    [401, exitCodes.refused],
    [409, exitCodes.refused],
    [422, exitCodes.refused],
    [503, exitCodes.unreachable],
  ])('of %d exits with %d', async (status, code) => {
    expect(await problemError(status, problem(status, {}), '/machines/m1/init', nobody)).toMatchObject({
      exitCode: code,
    });
    expect(await problemError(status, '<html>', '/machines', nobody)).toMatchObject({ exitCode: code });
  });

  it('names fields, what is allowed, what is possible, and the next command', async () => {
    const errors = [
      { field: 'units', value: -1, allowed: ['0', '1'], message: 'too small' },
      { field: 'b', value: 1, allowed: 'x' },
    ];
    const found = await problemError(
      409,
      problem(409, { errors, possible: ['online'], next: 'yiqiu x' }),
      '/machines/a',
      nobody,
    );
    expect(found.message).toContain('units: too small (allowed: 0, 1)');
    expect(found.message).toContain('possible now: online');
    expect(found.next).toBe('yiqiu x');
  });

  it('of a path that an older platform lacks is not taken for a name', async () => {
    const found = await problemError(404, problem(404, { code: 'unknown-route' }), '/fences?limit=1', nobody);
    expect(found).toMatchObject({ exitCode: exitCodes.refused, message: expect.stringContaining('/fences') });
  });
});
