import { describe, expect, it } from '@jest/globals';
import { pushOf, World } from '../testing/world.fixture.ts';
import { getProgram, listPrograms } from './view.ts';

describe('pushing a program', () => {
  it('keeps a version, and takes the same archive again', () => {
    const world = new World();
    expect(world.accept(pushOf('redis', '7.0.15'))).toEqual(['ProgramPushed']);
    expect(world.accept(pushOf('redis', '7.0.15'))).toEqual([]);
    expect(getProgram(world.state, 'redis', '7.0.15')).toMatchObject({ name: 'redis', size: 100 });
    world.assertDeterministic();
  });

  it('refuses another archive of a version that exists', () => {
    const world = new World();
    world.push('redis', '7.0.15');
    const again = pushOf('redis', '7.0.15');
    const error = world.refuse({ ...again, data: { ...again.data, digest: 'b'.repeat(64) } });
    expect(error).toMatchObject({ kind: 'conflict', code: 'program-version-exists' });
    expect(error.message).toContain('b'.repeat(64));
  });

  it('refuses a manifest that it cannot read, and a version that is none', () => {
    const world = new World();
    expect(world.refuse(pushOf('redis', '7.0.15', { ports: 'many' })).code).toBe('program-manifest-invalid');
    expect(world.refuse(pushOf('redis', '7.0')).code).toBe('program-manifest-invalid');
    expect(world.log).toEqual([]);
  });

  it('takes fractions in a config schema', () => {
    const world = new World();
    world.push('redis', '7.0.15', { config: { properties: { ratio: { type: 'number', maximum: 0.5 } } } });
    world.assertDeterministic();
  });

  it('lists by name, in pages', () => {
    const world = new World();
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) world.push('redis', version);
    world.push('haproxy', '2.6.0');
    const first = listPrograms(world.state, { limit: 3 });
    expect(first.items.map(({ name, version }) => `${name}@${version}`)).toEqual([
      'haproxy@2.6.0',
      'redis@1.0.0',
      'redis@1.1.0',
    ]);
    const second = listPrograms(world.state, { limit: 3, cursor: first.next ?? '' });
    expect(second.items.map(({ version }) => version)).toEqual(['1.2.0']);
    expect(second.next).toBeNull();
    expect(listPrograms(world.state, { filters: { name: 'haproxy' } }).items).toHaveLength(1);
  });
});
