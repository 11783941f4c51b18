import { describe, expect, it } from '@jest/globals';
import { unitContext } from '@yiqiu/contracts';
import { checkTemplate } from './check.ts';
import { TemplateError } from './error.ts';
import { renderTemplate } from './render.ts';
import { sampleContext, sampleShape } from './sample.fixture.ts';
import { configShape, contextShape, type Shape } from './shape.ts';

const check = (text: string, shape: Shape = sampleShape) => checkTemplate(text, shape);

describe('names that do not exist', () => {
  it.each([
    ['{{config.maxmemry}}', 'did you mean "maxmemory"?'],
    ['{{unit.ports.clinet}}', 'did you mean "client"?'],
    ['{{relations.upstraem.ready}}', 'did you mean "upstream"?'],
    ['{{#each members}}{{config.maxmemory}}{{/each}}', '@root.config.maxmemory'],
    ['{{#each members as |m|}}{{m.nosuch}}{{/each}}', 'unknown name "nosuch" in "m.nosuch"'],
    ['{{#each members}}{{#each ports}}{{@../nosuch}}{{/each}}{{/each}}', 'unknown name "@../nosuch"'],
    ['{{#if nosuch}}{{/if}}', 'unknown name "nosuch"'],
    ['{{#if (eq unit.nosuch 1)}}{{/if}}', 'unknown name "nosuch"'],
    ['{{#with service.leader}}{{self}}{{/with}}', 'unknown name "self"'],
    ['{{#each relations.upstream.units}}{{#with ports}}{{/with}}{{../nosuch}}{{/each}}', 'unknown name "nosuch"'],
    ['{{#if unit.leader}}{{else}}{{nosuch}}{{/if}}', 'unknown name "nosuch"'],
    ['{{join members "{ip}:{ports.nosuch}" ","}}', 'unknown name "nosuch" in "ports.nosuch"'],
    ['{{lookup unit "nosuch"}}', 'unknown name "nosuch"'],
    ['{{@root.nosuch}}', 'unknown name "nosuch"'],
    ['{{config.maxmemory.size}}', 'unknown name "size"'],
    ['{{config.constructor}}', 'unknown name "constructor"'],
    ['{{unit}}', '"unit" is an object'],
    ['{{members}}', '"members" is an object'],
    ['{{#each unit.ip}}{{/each}}', '#each takes a list'],
    ['{{add config.tags 1}}', 'add takes numbers'],
    ['{{join config.maxmemory ","}}', 'join takes a list'],
    ['{{join members}}', 'takes a pattern'],
    ['{{nohelper 1}}', 'unknown helper "nohelper"'],
    ['{{> x}}', 'partials'],
    ['{{#if}}x{{/if}}', '#if takes 1 argument, not 0'],
  ])('%s', (text, reason) => {
    expect(check(text).map((fault) => fault.reason)).toEqual([expect.stringContaining(reason)]);
  });

  it('are found when rendering too', () => {
    expect(() =>
      renderTemplate('{{#each members}}{{#each ports}}{{@../nosuch}}{{/each}}{{/each}}', sampleContext()),
    ).toThrow(TemplateError);
  });

  it('tells line and column of each, all of them', () => {
    expect(check('a\n b {{nosuch}}\n{{#if config.x}}\n  {{y}}{{/if}}')).toEqual([
      { reason: 'unknown name "nosuch"', line: 2, column: 6 },
      { reason: 'unknown name "x" in "config.x"', line: 3, column: 7 },
      { reason: 'unknown name "y"', line: 4, column: 5 },
    ]);
  });
});

describe('no false alarm', () => {
  it.each([
    '{{service.leader.ip}}',
    '{{machine.labels.anything}}',
    '{{#each relations.upstream.units}}{{weight}}{{ports.other}}{{#each nodes}}{{x.y}}{{/each}}{{/each}}',
    '{{relations.upstream.service.deep.key}}',
    '{{#each relations}}{{@key}} {{ready}}{{#each units}}{{ip}}{{/each}}{{/each}}',
    '{{#each unit.ports}}{{@key}}={{this}}{{/each}}',
    '{{#each config}}{{@key}} {{this}}{{/each}}',
    '{{#each (default config.tags members)}}{{this}}{{/each}}',
    '{{#each members}}{{#each ../members}}{{../ip}}{{@../index}}{{#with this}}{{../ip}}{{/with}}{{/each}}{{/each}}',
    '{{#config.note}}{{this}}{{/config.note}}',
    '{{config.limits.other}}',
    '{{json this}}{{json members}}{{json config}}',
    '{{#with (lookup members unit.ordinal)}}{{ip}}{{/with}}',
    '{{members.0.ports.client}}{{members.length}}{{config.maxmemory.length}}',
    '{{#if (and unit.leader (gt members.length 1))}}{{join config.tags ","}}{{/if}}',
  ])('%s', (text) => {
    expect(check(text)).toEqual([]);
  });
});

describe('the shape and the contract', () => {
  const paths = (value: unknown, path: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((item, index) => paths(item, `${path}.[${index}]`));
    if (typeof value !== 'object' || value === null) return [path];
    return Object.entries(value).flatMap(([key, item]) => paths(item, path === '' ? key : `${path}.${key}`));
  };

  it('agree: every name of a context that the contract accepts exists when checking', () => {
    const context = unitContext.parse(sampleContext());
    const names = paths(context, '');
    expect(names.length).toBeGreaterThan(70);
    expect(check(names.map((path) => `{{${path}}}`).join('\n'))).toEqual([]);
  });

  it('have no port where none is declared', () => {
    const shape = contextShape({ ports: [], endpoints: [], config: configShape({ type: 'object', properties: {} }) });
    expect(check('{{unit.port}}', shape)).toHaveLength(1);
    expect(check('{{unit.ip}}', shape)).toEqual([]);
  });

  it('let everything pass where the manifest is not understood', () => {
    const shape = contextShape({ ports: null, endpoints: null, config: { kind: 'any' } });
    expect(check('{{unit.port}}{{unit.ports.x}}{{config.y.z}}{{relations.q.units.0.ip}}', shape)).toEqual([]);
    expect(check('{{relations.q.unit}}', shape)).toHaveLength(1);
  });

  it('opens config where the schema lets other keys in', () => {
    const open = configShape({ type: 'object', properties: {}, additionalProperties: { type: 'string' } });
    expect(check('{{config.whatever}}', contextShape({ ports: [], endpoints: [], config: open }))).toEqual([]);
  });
});
