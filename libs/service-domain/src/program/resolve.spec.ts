import { describe, expect, it } from '@jest/globals';
import { World } from '../testing/world.fixture.ts';
import { resolveProgram } from './resolve.ts';

const world = new World();
for (const version of ['6.2.0', '7.0.9', '7.0.15', '7.2.0', '8.0.0-rc.1']) world.push('redis', version);
const resolve = (text: string) => resolveProgram(world.state, text, 'program', null);

describe('resolving a program reference', () => {
  it.each([
    ['redis@7.0.9', '7.0.9'],
    ['redis@^7.0', '7.2.0'],
    ['redis@~7.0.1', '7.0.15'],
    ['redis@>=6 <7', '6.2.0'],
    ['redis@*', '7.2.0'],
    ['redis@8.0.0-rc.1', '8.0.0-rc.1'],
  ])('%s is %s', (text, version) => {
    expect(resolve(text)).toMatchObject({ ok: true, program: { version } });
  });

  it.each([
    ['redis', /name@version/],
    ['redis@seven', /7\.0\.15 or a range/],
    ['redis@7.0.10', /redis@7\.2\.0/],
    ['redis@^9', /redis@7\.2\.0/],
    ['postgres@^1', /redis/],
  ])('%s is not, and it says what is', (text, allowed) => {
    const resolved = resolve(text);
    expect(resolved.ok ? null : { ...resolved.problem, allowed: String(resolved.problem.allowed) }).toMatchObject({
      field: 'program',
      value: text,
      allowed: expect.stringMatching(allowed),
    });
  });

  it('keeps what a range was pinned to while that fits', () => {
    const pinned = [...world.state.programs.values()].find(({ version }) => version === '7.0.9') ?? null;
    expect(resolveProgram(world.state, 'redis@^7.0', 'program', pinned)).toMatchObject({
      program: { version: '7.0.9' },
    });
    expect(resolveProgram(world.state, 'redis@^6', 'program', pinned)).toMatchObject({ program: { version: '6.2.0' } });
  });
});
