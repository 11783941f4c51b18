import { describe, expect, it } from '@jest/globals';
import { TemplateError } from './error.ts';
import { renderArgv, renderEnvironment, renderTemplate } from './render.ts';
import { sampleContext } from './sample.fixture.ts';

const render = (text: string, more = {}) => renderTemplate(text, sampleContext(more));

describe('rendering', () => {
  it.each([
    ['no HTML escaping', '{{relations.upstream.service.password}}', 'p&<>"'],
    ['null is nothing', '[{{config.note}}]', '[]'],
    ['false is a word', '{{#each members}}{{self}} {{/each}}', 'true false false '],
    ['a list of plain values', '{{config.tags}}', 'a,b'],
    ['names with dashes', '{{unit.ports.bus-tls}}', '16379'],
    ['join by pattern', '{{join members "{ip}:{ports.client}" ","}}', '127.0.1.1:6379,127.0.1.2:6379,127.0.1.3:6379'],
    ['join by pattern, no separator', '{{join members "{ordinal}"}}', '0,1,2'],
    ['join plain values', '{{join config.tags "; "}}', 'a; b'],
    ['join plain values by pattern', '{{join config.tags "<{this}>" " "}}', '<a> <b>'],
    ['join nothing', '[{{join relations.replication.units "{ip}" ","}}]', '[]'],
    ['other braces of a pattern are text', '{{join config.tags "{}{this}{ }" ""}}', '{}a{ }{}b{ }'],
    ['eq', '{{#if (eq unit.ordinal 0)}}first{{else}}later{{/if}}', 'first'],
    ['eq is strict about types', '{{eq unit.ordinal "0"}}', 'false'],
    ['ne', '{{ne machine.name "m2"}}', 'true'],
    ['gt', '{{#if (gt members.length 2)}}many{{/if}}', 'many'],
    ['and', '{{#if (and unit.leader config.appendonly)}}both{{/if}}', 'both'],
    ['or gives the first that holds', '{{or config.note machine.zone "none"}}', 'none'],
    ['not', '{{not relations.replication.ready}}', 'true'],
    ['add', '{{add unit.ports.client 10000 unit.ordinal}}', '16379'],
    ['percent rounds down', '{{percent resources.memoryMiB 75}} {{percent 1 50}}', '192 0'],
    ['default of null', '{{default config.note "x"}}', 'x'],
    [
      'default keeps false, 0 and empty text',
      '{{default relations.replication.ready "x"}}{{default unit.ordinal 9}}',
      'false0',
    ],
    ['default of an unpublished key', '{{#each relations.upstream.units}}{{default weight 1}} {{/each}}', '10 1 '],
    ['if on an unpublished key', '{{#if relations.replication.service.host}}yes{{else}}no{{/if}}', 'no'],
    ['json', '{{json config.limits}}', '{"soft":1,"hard":2}'],
    ['json indented', '{{json config.tags 1}}', '[\n "a",\n "b"\n]'],
    ['label that is not there', '{{default machine.labels.gpu "none"}}', 'none'],
    ['block parameters', '{{#each members as |m i|}}{{i}}={{m.ip}} {{/each}}', '0=127.0.1.1 1=127.0.1.2 2=127.0.1.3 '],
    ['with', '{{#with service.leader}}{{ip}}{{/with}}', '127.0.1.1'],
    ['outer names', '{{#each members}}{{#if self}}{{../unit.name}}{{/if}}{{/each}}', 'cache/redis/0'],
    ['@root', '{{#each members}}{{@root.unit.ordinal}}{{/each}}', '000'],
    ['lookup', '{{lookup unit.ports "client"}} {{#with (lookup members 1)}}{{ip}}{{/with}}', '6379 127.0.1.2'],
    ['a list index', '{{members.1.ip}} {{config.tags.[1]}}', '127.0.1.2 b'],
    [
      'two loops over the same list',
      '{{#each config.tags}}{{#each ../config.tags}}{{..}}{{this}} {{/each}}{{/each}}',
      'aa ab ba bb ',
    ],
    ['escaped mustache', '\\{{unit.ip}}', '{{unit.ip}}'],
    ['whitespace control', 'a {{~ unit.ordinal ~}} b', 'a0b'],
    ['standalone lines vanish', '{{#if unit.leader}}\nx\n{{/if}}\ny', 'x\ny'],
  ])('%s', (_, text, wanted) => {
    expect(render(text)).toBe(wanted);
  });

  it('takes no leader as null', () => {
    const service = { name: 'cache/redis', leader: null };
    expect(render('{{#if service.leader}}x{{else}}none{{/if}}', { service })).toBe('none');
    expect(render('{{default service.leader.ip "none"}}', { service })).toBe('none');
    expect(() => render('\n replicaof {{service.leader.ip}}', { service })).toThrow(
      'template:2:14: "service.leader.ip": there is nothing to take "ip" from, it is null',
    );
  });
});

describe('what is refused', () => {
  it.each([
    [
      'an unknown name',
      '{{config.maxmemry}}',
      '1:3: unknown name "maxmemry" in "config.maxmemry" (did you mean "maxmemory"?)',
    ],
    ['an unknown root name', 'a\n  {{nosuch}}', '2:5: unknown name "nosuch"'],
    ['in an argument', '{{#if config.nosuch}}{{/if}}', 'unknown name "nosuch"'],
    ['in default', '{{default config.nosuch 1}}', 'unknown name "nosuch"'],
    ['in a subexpression', '{{#if (eq nosuch 1)}}{{/if}}', 'unknown name "nosuch"'],
    [
      'behind a block parameter',
      '{{#each members as |m|}}{{m.nosuch}}{{/each}}',
      'unknown name "nosuch" in "m.nosuch"',
    ],
    ['in a section', '{{#nosuch}}{{/nosuch}}', 'unknown name "nosuch"'],
    ['an unpublished key written out', '{{relations.replication.service.host}}', 'unknown name "host"'],
    ['a root name in a loop', '{{#each members}}{{config.maxmemory}}{{/each}}', 'write "@root.config.maxmemory"'],
    ['past the end of a list', '{{members.7.ip}}', 'unknown name "7"'],
    ['an object as text', '{{unit}}', '"unit" is an object'],
    ['a list of objects as text', '{{members}}', '"members" is an object'],
    ['constructor', '{{constructor}}', 'unknown name "constructor"'],
    ['__proto__', '{{unit.__proto__.polluted}}', 'unknown name "__proto__"'],
    ['prototype methods', '{{config.tags.map}}', 'unknown name "map"'],
    ['lookup of a prototype', '{{lookup unit "constructor"}}', 'unknown name "constructor"'],
    ['an unknown helper', '{{joins config.tags ","}}', 'unknown helper "joins" (did you mean "join"?)'],
    ['log', '{{log "x"}}', 'unknown helper "log"'],
    ['a helper as a block', '{{#eq 1 1}}x{{/eq}}', 'eq is no block: write {{#if (eq …)}}'],
    ['a block as a helper', '{{if unit.leader}}', 'if is a block'],
    ['too few arguments', '{{eq 1}}', 'eq takes 2 arguments, not 1'],
    ['unknown hash argument', '{{join config.tags sep=","}}', 'unknown argument "sep="'],
    ['a partial', '{{> other}}', 'partials and decorators'],
    ['a decorator', '{{* deco}}', 'partials and decorators'],
    ['a loop over text', '{{#each config.maxmemory}}{{/each}}', '#each takes a list or an object'],
    ['add of text', '{{add config.maxmemory 1}}', 'add takes numbers, not "64mb"'],
    ['join of objects without a pattern', '{{join members}}', 'join of objects takes a pattern'],
    ['a pattern that names nothing', '{{join members "{nosuch}"}}', '{nosuch} names what an element does not have'],
    ['@index outside a loop', '{{@index}}', 'unknown name "@index"'],
    ['above the root', '{{../unit.ip}}', 'climbs above'],
    ['a bare index', '{{config.tags.0}}', 'an index is written .[0]'],
    ['an open block', 'x\n{{#if unit.leader}}', '2:1: does not compile'],
    ['another close', '{{#if unit.leader}}{{/each}}', "1:4: if doesn't match each"],
    ['an open tag', 'a\n{{unit.ip', '2:1: does not compile near'],
  ])('%s', (_, text, message) => {
    expect(() => render(text)).toThrow(TemplateError);
    expect(() => render(text)).toThrow(message);
  });

  it('bounds text, nesting, steps and output', () => {
    expect(() => render('x'.repeat(128 * 1024 + 1))).toThrow('is longer than');
    expect(() => render('{{#if unit.leader}}'.repeat(5000))).toThrow('more than 64 deep');
    expect(() => render(`{{json ${'(add 1 '.repeat(5000)}`)).toThrow('more than 64 deep');
    const many = { config: { tags: Array.from({ length: 300 }, (_, index) => index) } };
    const loops = '{{#each @root.config.tags}}'.repeat(4) + '{{/each}}'.repeat(4);
    expect(() => render(loops, many)).toThrow('steps to render');
    const wide = { config: { tags: Array.from({ length: 300 }, () => 'x'.repeat(20_000)) } };
    expect(() => render('{{#each config.tags}}{{this}}{{/each}}', wide)).toThrow('renders to more than');
  });
});

describe('commands and variables', () => {
  it('renders each argument by itself', () => {
    expect(renderArgv(['{{program.home}}/bin/x', '-p {{unit.port}}', ''], sampleContext())).toEqual([
      '/srv/redis_6379/program/bin/x',
      '-p 6379',
      '',
    ]);
  });

  it('insists on an absolute path', () => {
    expect(() => renderArgv(['{{program.name}}'], sampleContext(), 'process.command')).toThrow(
      'process.command[0]:1:1: "redis" is no absolute path',
    );
  });

  it('renders values of variables', () => {
    expect(renderEnvironment({ A: '{{unit.ip}}', B: 'x' }, sampleContext())).toEqual({ A: '127.0.1.1', B: 'x' });
    expect(() => renderEnvironment({ A: '{{nosuch}}' }, sampleContext())).toThrow('process.env.A:1:3');
  });
});
