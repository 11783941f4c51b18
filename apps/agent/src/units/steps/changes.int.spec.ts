import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnitCommand } from '@yiqiu/contracts';
import { serverPackage, type PackageFiles, type TestProgram } from '../../testing/package.fixture.ts';
import { eventually, Rig, say, type CommandOptions } from '../../testing/rig.fixture.ts';

jest.setTimeout(90_000);

type Relations = UnitCommand['context']['relations'];

const hook = (name: string) =>
  `#!/bin/sh\necho "${name} reason=$YIQIU_REASON changed=$YIQIU_CHANGED relation=\${YIQIU_RELATION-} member=\${YIQIU_MEMBER-} members=$(cat conf/members)"\n`;

/** Each file shows one thing; what a change of it asks for is said by cause. */
const package_ = (onChange: string, config = '', more: PackageFiles = {}): PackageFiles => {
  const files = serverPackage(
    more,
    'peers: [{ name: ring, interface: echo-peer }]\nrequires: [{ name: upstream, interface: web, optional: true }]\n',
  );
  const manifest = (files['yiqiu.yaml'] ?? '')
    .replace('onChange: reload', `onChange: ${onChange}`)
    .replace('greeting: { type: string, default: hello }', `greeting: { type: string, default: hello${config} }`)
    .replace('templates:\n', 'templates:\n  - { from: templates/members.hbs, to: conf/members, onChange: none }\n');
  return {
    ...files,
    'yiqiu.yaml': manifest,
    'templates/members.hbs': '{{join members "{ordinal}" "+"}}',
    'templates/echo.conf.hbs': `${files['templates/echo.conf.hbs'] ?? ''}up {{relations.upstream.ready}} {{join members "{ordinal}" ","}} {{#if service.leader}}{{service.leader.name}}{{/if}}\n`,
    ...Object.fromEntries(
      [
        'config-changed',
        'relation-changed',
        'relation-departed',
        'members-changed',
        'leader-changed',
        'member-add',
        'member-remove',
      ].map((name) => [`hooks/${name}`, hook(name)]),
    ),
    ...more,
  };
};

describe('changes of a running unit', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = new Rig();
    await rig.start();
  });
  afterEach(() => rig.close());

  const members = (...ordinals: number[]): UnitCommand['context']['members'] =>
    ordinals.map((ordinal) => ({
      name: `cache/echo/${ordinal}`,
      ordinal,
      incarnation: 1,
      ip: rig.address,
      port: 7_000,
      ports: { tcp: 7_000 },
      leader: false,
      ready: true,
      self: ordinal === 0,
    }));
  const leader = () => {
    const [first] = members(0);
    if (first === undefined) throw new Error('no member');
    const { name, ordinal, incarnation, ip, port, ports } = first;
    return { name, ordinal, incarnation, ip, port, ports };
  };
  const upstream = (ready: boolean): Relations => ({ upstream: { ready, service: {}, units: [] } });
  /** The pid that answers, and how often its file was loaded. */
  const process_ = async () => {
    const pid = (await eventually('an answer', () => say(rig.address, 7_000))).split(' ').at(-2);
    const log = readFileSync(join(rig.paths.home('echo_7000'), 'log', 'stdout.log'), 'utf8');
    return { pid, loads: log.split('\n').filter((line) => line.startsWith('loaded')).length };
  };
  type Effect = 'none' | 'reload' | 'restart';
  /** What the step did to the process. */
  const effectOf = async (
    program: TestProgram,
    step: UnitCommand['step'],
    options: CommandOptions,
  ): Promise<Effect> => {
    const before = await process_();
    await rig.done(program, step, options);
    // A reload is a signal: the process reads its file at its next connection.
    await say(rig.address, 7_000);
    const after = await process_();
    if (after.pid !== before.pid) return 'restart';
    return after.loads === before.loads ? 'none' : 'reload';
  };

  it('apply what the differing files ask for, by cause', async () => {
    const program = await rig.publish(package_('{ config: restart, relation: reload, members: none }'));
    await rig.deploy(program);
    const change = (reason: 'config' | 'relation' | 'members' | 'leader', more: CommandOptions) =>
      effectOf(program, reason === 'relation' ? 'relation-changed' : 'config-changed', { reason, ...more });
    expect(await change('members', { members: members(0, 1), changed: ['1'] })).toBe('none');
    expect(await change('relation', { relations: upstream(true), members: members(0, 1), changed: ['upstream'] })).toBe(
      'reload',
    );
    // By default a new leader changes files and runs the hook, no more.
    expect(await change('leader', { leader: leader(), relations: upstream(true), members: members(0, 1) })).toBe(
      'none',
    );
    const all = { leader: leader(), relations: upstream(true), members: members(0, 1) };
    expect(await change('config', { ...all, config: { greeting: 'good day' }, changed: ['greeting'] })).toBe('restart');
    // The same again changes no file.
    expect(await change('config', { ...all, config: { greeting: 'good day' }, changed: [] })).toBe('none');
  });

  it('a leader change applies where given by cause, and x-apply overrides the files of its key', async () => {
    const live = await rig.publish(
      package_('{ config: restart, relation: restart, members: restart, leader: reload }', ', x-apply: live'),
    );
    await rig.deploy(live);
    expect(await effectOf(live, 'config-changed', { reason: 'leader', leader: leader() })).toBe('reload');
    const config = { greeting: 'moin' };
    expect(
      await effectOf(live, 'config-changed', { reason: 'config', leader: leader(), config, changed: ['greeting'] }),
    ).toBe('none');
    expect(readFileSync(join(rig.paths.home('echo_7000'), 'conf', 'echo.conf'), 'utf8')).toContain('greeting moin');
  });

  it('run the hook of their cause, with what changed, after the files', async () => {
    const program = await rig.publish(package_('none'));
    await rig.deploy(program);
    const said = async (step: UnitCommand['step'], options: CommandOptions) =>
      (await rig.done(program, step, options)).output.trim();
    const two = { members: members(0, 2) };
    expect(await said('config-changed', { ...two, reason: 'members', changed: ['1', '2'] })).toBe(
      'members-changed reason=members changed=1,2 relation= member= members=0+2',
    );
    expect(await said('config-changed', { ...two, reason: 'leader' })).toBe(
      'leader-changed reason=leader changed= relation= member= members=0+2',
    );
    // A relation that is named has changed, also where it has no data any more; others are let alone.
    expect(await said('relation-changed', { reason: 'relation', changed: ['upstream'] })).toBe(
      'relation-changed reason=relation changed=upstream relation=upstream member= members=0',
    );
    const relations: Relations = { upstream: { ready: true, service: {}, units: [] } };
    expect(await said('relation-changed', { reason: 'deploy', relations })).toBe(
      'relation-changed reason=deploy changed=upstream relation=upstream member= members=0',
    );
    expect(await said('relation-changed', { reason: 'deploy' })).toBe('');
    expect(await said('relation-departed', { reason: 'relation', relation: 'upstream', changed: ['upstream'] })).toBe(
      'relation-departed reason=relation changed=upstream relation=upstream member= members=0',
    );
    expect(await said('member-add', { ...two, reason: 'scale-in', member: 'cache/echo/2' })).toBe(
      'member-add reason=scale-in changed= relation= member=cache/echo/2 members=0+2',
    );
    expect(await said('member-remove', { reason: 'remove', member: 'cache/echo/2' })).toBe(
      'member-remove reason=remove changed= relation= member=cache/echo/2 members=0',
    );
    const unknown = await rig.step(program, 'relation-changed', { reason: 'relation', changed: ['nosuch'] });
    expect(unknown).toMatchObject({
      outcome: 'failed',
      message: '"nosuch" is no endpoint of this program, there are: ring, upstream',
    });
  });

  it('a member step reloads at most: a restart stays owed to the next step that may give it', async () => {
    const program = await rig.publish(package_('{ config: restart, relation: restart, members: restart }'));
    await rig.deploy(program);
    const joined = { members: members(0, 1), reason: 'members', changed: ['1'] } as const;
    expect(await effectOf(program, 'member-add', { ...joined, member: 'cache/echo/1' })).toBe('none');
    expect(await effectOf(program, 'config-changed', joined)).toBe('restart');
    expect(
      await effectOf(program, 'relation-departed', {
        ...joined,
        reason: 'relation',
        relation: 'upstream',
        relations: upstream(true),
      }),
    ).toBe('restart');
  });

  it('where there is no hook, a step is done with the files', async () => {
    const program = await rig.publish(serverPackage());
    await rig.deploy(program);
    for (const step of ['member-add', 'member-remove'] as const) {
      expect(await rig.step(program, step, { member: 'cache/echo/1' })).toMatchObject({
        outcome: 'succeeded',
        output: '',
      });
    }
    expect(await rig.step(program, 'relation-departed', { relation: 'x' })).toMatchObject({ outcome: 'succeeded' });
    expect(await rig.step(program, 'member-add')).toMatchObject({
      outcome: 'failed',
      message: 'step member-add names no member',
    });
  });

  it('hook init is told whether it seeds, or from whom it fills', async () => {
    const init = { 'hooks/init': '#!/bin/sh\necho "seed=${YIQIU_SEED-no} donor=${YIQIU_DONOR-none}"\ntouch data/x\n' };
    const program = await rig.publish(serverPackage(init));
    expect((await rig.done(program, 'install', { seed: true })).output).toBe('seed=1 donor=none\n');
    const other = {
      unitUid: '01890000-0000-7000-8000-000000000003',
      unit: 'cache/echo/1',
      port: 7_001,
      donor: 'cache/echo/0',
    };
    expect((await rig.done(program, 'install', other)).output).toBe('seed=no donor=cache/echo/0\n');
  });
});
