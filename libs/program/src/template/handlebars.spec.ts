import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Handlebars from 'handlebars';
import { checkTemplate } from './check.ts';
import { renderTemplate } from './render.ts';
import { sampleContext, sampleShape } from './sample.fixture.ts';

/**
 * Where a template uses nothing but Handlebars' own, known names and allowed values, it is Handlebars to the letter. The
 * values here need no escaping; Handlebars' `noEscape` would add up neighbouring numbers instead of writing them.
 */
const own = (text: string) => Handlebars.compile(text)(sampleContext());

const plain = fc.constantFrom(
  '{{unit.ip}}',
  '{{{config.maxmemory}}}',
  '{{config.note}}',
  '{{config.appendonly}}',
  '{{lookup unit.ports "client"}}',
  '{{@root.machine.name}}',
  '{{!-- {{comment}} --}}',
  '{{~unit.ordinal~}}',
  'text & <b>\n',
  '\n',
  '  ',
);
const inMember = fc.constantFrom(
  '{{ip}}',
  '{{this.port}}',
  '{{./name}}',
  '{{@index}}',
  '{{@key}}',
  '{{@first}}',
  '{{@last}}',
);
const inUnit = fc.constantFrom('{{ip}}', '{{ports.http}}', '{{@../index}}', '{{../../config.maxmemory}}', '{{../ip}}');

const wrap = (open: string, close: string) => (body: string) => `${open}${body}${close}`;
const join = (part: fc.Arbitrary<string>) => fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));

const conditions = fc.constantFrom(
  'unit.leader',
  'config.note',
  'unit.ordinal',
  'relations.replication.units',
  'members',
  'config.limits',
);
const { root } = fc.letrec<{ root: string; block: string; inner: string }>((tie) => ({
  root: join(fc.oneof({ maxDepth: 4 }, plain, tie('block'))),
  inner: join(
    fc.oneof(
      plain.filter((text) => !/\{\{[~{]?(unit|config|lookup)/.test(text)),
      inMember,
    ),
  ),
  block: fc.oneof(
    fc
      .tuple(conditions, tie('root'), tie('root'))
      .map(([name, yes, no]) => `{{#if ${name}}}${yes}{{else}}\n${no}{{/if}}`),
    fc.tuple(conditions, tie('root')).map(([name, yes]) => `{{#unless ${name}}}${yes}{{/unless}}\n`),
    fc.tuple(conditions, tie('root')).map(([name, yes]) => `{{#if ${name} includeZero=true}}\n${yes}\n{{/if}}`),
    fc.tuple(conditions, tie('root')).map(([name, yes]) => `{{^if ${name}}}${yes}{{/if}}`),
    fc
      .tuple(tie('root'), tie('root'))
      .map(([a, b]) => `{{#if config.note}}${a}{{else if unit.leader}}${b}{{else}}z{{/if}}`),
    tie('inner').map(wrap('{{#each members}}\n', '{{/each}}\n')),
    tie('inner').map(wrap('{{#members}}', '{{/members}}')),
    tie('inner').map(wrap('{{#each members as |m i|}}{{m.ip}}{{i}}{{../unit.ip}}', '{{else}}none{{/each}}')),
    tie('root').map(wrap('{{#each relations.replication.units}}x{{else}}', '{{/each}}')),
    tie('root').map(wrap('{{#unit.leader}}', '{{/unit.leader}}')),
    tie('root').map(wrap('{{#with this}}', '{{/with}}')),
    tie('root').map(wrap('{{^config.note}}', '{{/config.note}}')),
    join(inUnit).map(wrap('{{#each members}}{{#each @root.relations.upstream.units}}', '{{/each}}{{/each}}')),
    fc.constant('{{#each config.limits}}{{@key}}={{this}};{{/each}}{{#each config.tags}}{{.}}{{/each}}'),
    fc.constant('{{#with service.leader as |l|}}{{l.ip}} {{name}}{{/with}}'),
  ),
}));

describe('compared with Handlebars', () => {
  it('renders the same', () => {
    fc.assert(
      fc.property(root, (text) => {
        expect(renderTemplate(text, sampleContext())).toBe(own(text));
      }),
      { numRuns: 500 },
    );
  });

  it('finds nothing wrong with them when checking', () => {
    fc.assert(
      fc.property(root, (text) => {
        expect(checkTemplate(text, sampleShape)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
