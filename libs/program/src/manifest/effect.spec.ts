import { describe, expect, it } from '@jest/globals';
import { applyOf, effectOfChange } from './effect.ts';
import type { Template } from './types.ts';

const template = (to: string, onChange: Partial<Template['onChange']>): Template => ({
  from: 'templates/x',
  to,
  mode: 0o644,
  onChange: { config: 'restart', relation: 'restart', members: 'restart', leader: 'none', ...onChange },
});

const manifest = {
  config: {
    type: 'object' as const,
    properties: {
      memory: { type: 'string', 'x-apply': 'restart' },
      level: { type: 'string', 'x-apply': 'live' },
      route: { type: 'string', 'x-apply': 'reload' },
      plain: { type: 'string' },
    },
  },
  templates: [
    template('a', { relation: 'reload', members: 'none' }),
    template('b', { config: 'reload', leader: 'restart' }),
  ],
};

describe('what a change asks for', () => {
  it.each([
    [{ cause: 'relation', changedFiles: ['a'] }, 'reload'],
    [{ cause: 'relation', changedFiles: ['a', 'b'] }, 'restart'],
    [{ cause: 'members', changedFiles: ['a'] }, 'none'],
    [{ cause: 'leader', changedFiles: ['a'] }, 'none'],
    [{ cause: 'leader', changedFiles: ['a', 'b'] }, 'restart'],
    [{ cause: 'config', changedFiles: [] }, 'none'],
    [{ cause: 'config', changedFiles: ['b'], changedKeys: ['plain'] }, 'reload'],
    [{ cause: 'config', changedFiles: ['a', 'b'], changedKeys: ['level'] }, 'none'],
    [{ cause: 'config', changedFiles: ['a', 'b'], changedKeys: ['level', 'route'] }, 'reload'],
    [{ cause: 'config', changedFiles: [], changedKeys: ['memory'] }, 'restart'],
    [{ cause: 'config', changedFiles: ['b'], changedKeys: ['level', 'plain'] }, 'reload'],
    [{ cause: 'config', changedFiles: ['b'], changedKeys: ['memory', 'plain'] }, 'restart'],
  ] as const)('%j: %s', (change, effect) => {
    expect(effectOfChange(manifest, change)).toBe(effect);
  });

  it('x-apply alone: the strongest', () => {
    expect(applyOf(manifest, ['level', 'route'])).toBe('reload');
    expect(applyOf(manifest, ['level'])).toBe('live');
    expect(applyOf(manifest, ['plain', 'nosuch', 'constructor'])).toBeNull();
  });
});
