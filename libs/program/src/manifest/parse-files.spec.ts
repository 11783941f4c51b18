import { describe, expect, it } from '@jest/globals';
import { accepted, filesOf, head, refused } from './manifest.fixture.ts';
import { parseManifest } from './parse.ts';

describe('files that the manifest speaks of', () => {
  const template = `${head}ports: [{ name: client }]\ntemplates: [{ from: templates/a.hbs, to: conf/a }]\n`;

  it('a template that names what does not exist, by its own lines', () => {
    const problems = refused(template, {
      'templates/a.hbs': 'port {{unit.port}}\nmem {{config.maxmemory}}\n{{#each members}}{{unit.ip}}{{/each}}',
    });
    expect(problems).toEqual([
      'templates/a.hbs:2 : unknown name "maxmemory" in "config.maxmemory"',
      'templates/a.hbs:3 : unknown name "unit" in "unit.ip" here: write "@root.unit.ip" to reach it from inside the block',
    ]);
  });

  it('a template that does not compile', () => {
    expect(refused(template, { 'templates/a.hbs': 'a\n{{#if unit.leader}}\n' })).toEqual([
      expect.stringMatching(/^templates\/a\.hbs:3 : does not compile near .*\{\{#if unit\.leader}}": .*found the end$/),
    ]);
  });

  it('a template that is not there, or not under templates/', () => {
    expect(refused(template, { 'templates/b.hbs': '' })).toEqual([
      'yiqiu.yaml:6 templates[0].from: "templates/a.hbs" does not exist in the package (did you mean "templates/b.hbs"?)',
    ]);
    const files = filesOf({ 'conf.hbs': '' });
    const parsed = parseManifest(template.replace('templates/a.hbs', 'conf.hbs'), { ...files, texts: new Map() });
    expect(parsed).toMatchObject({ problems: [{ reason: '"conf.hbs" is not under templates/', line: 6 }] });
  });

  it.each([
    ['../x', 'climbs out'],
    ['/etc/x', 'is absolute'],
    ['program/x', "platform's own"],
    ['.owner', "platform's own"],
    ['conf', 'is a directory'],
    ['conf/../x', 'climbs out'],
    ['./x', 'is not in its plain form, "x"'],
  ])('a template to %s', (to, reason) => {
    expect(refused(template.replace('conf/a', to), { 'templates/a.hbs': '' })).toEqual([
      expect.stringContaining(reason),
    ]);
  });

  it('two templates to one file', () => {
    const text = `${head}templates: [{ from: templates/a, to: x }, { from: templates/a, to: x }]\n`;
    expect(refused(text, { 'templates/a': '' })).toEqual([
      expect.stringContaining('templates[1].to: "x" is there twice'),
    ]);
  });

  it('names in commands, variables and checks, by the manifest’s lines', () => {
    const text = `${head}process:
  command: [/bin/x, '{{config.nosuch}}']
  env: { A: '{{#if unit.leader}}' }
health:
  alive: { exec: [/bin/x, '{{unit.port}}'] }
leader: { eligible: { exec: [/bin/x, '{{members}}'] } }
`;
    expect(refused(text)).toEqual([
      'yiqiu.yaml:6 process.command[1]: unknown name "nosuch" in "config.nosuch"',
      expect.stringMatching(/^yiqiu\.yaml:7 process\.env\.A: does not compile/),
      'yiqiu.yaml:9 health.alive.exec[1]: unknown name "port" in "unit.port" (did you mean "ports"?)',
      expect.stringMatching(/^yiqiu\.yaml:10 leader\.eligible\.exec\[1\]: "members" is an object/),
    ]);
  });

  it('says nothing against names of lists that have problems themselves', () => {
    const text = `${head}ports: [{ name: A }]\npeers: [{ interface: x }]\nprocess: { command: [/x, '{{unit.ports.a}}{{relations.q.ready}}'] }\n`;
    expect(refused(text)).toHaveLength(2);
  });

  it('hooks without a run bit, or that are no files', () => {
    expect(
      refused(head, { 'hooks/start': '', 'hooks/lib.sh': '', 'hooks/stop/x': '' }, ['hooks/start', 'hooks/lib.sh']),
    ).toEqual([
      'hooks/start:1 : is a hook without a run bit (chmod +x hooks/start)',
      'hooks/stop:1 : is no file, and leads to none',
    ]);
  });

  it('hooks that are links to one executable', () => {
    const files = filesOf({ 'bin/hook': '' });
    files.table.add({ name: 'hooks/start', type: 'symlink', executable: true, size: 0, target: '../bin/hook' });
    files.table.add({ name: 'hooks/stop', type: 'link', executable: false, size: 0, target: 'bin/hook' });
    const parsed = parseManifest(head, files);
    expect('manifest' in parsed && Object.keys(parsed.manifest.hooks)).toEqual(['start', 'stop']);
  });

  it('a reload by an executable of the package', () => {
    const text = `${head}process: { command: [/x], reload: { run: hooks/reload } }\n`;
    expect(accepted(text, { 'hooks/reload': '' }).process?.reload).toEqual({ kind: 'run', run: 'hooks/reload' });
  });

  it('a reload that is asked for and not said how', () => {
    const text = `${head}process: { command: [/x] }
templates: [{ from: templates/a, to: a, onChange: { relation: reload } }]
config: { type: object, properties: { k: { type: string, x-apply: reload } } }
`;
    expect(refused(text, { 'templates/a': '' })).toEqual([
      expect.stringContaining('yiqiu.yaml:6 templates[0].onChange: asks for a reload'),
      expect.stringContaining('yiqiu.yaml:7 config.properties.k.x-apply: asks for a reload'),
    ]);
  });
});
