import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { serverPackage } from '../testing/package.fixture.ts';
import { eventually, Rig, say } from '../testing/rig.fixture.ts';

// Real processes on a machine that is shared: each wait has its own, shorter deadline.
jest.setTimeout(90_000);

describe('the steps of a unit', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = new Rig();
    await rig.start();
  });
  afterEach(() => rig.close());

  it('deploys, changes, stops, starts and removes it', async () => {
    const program = await rig.publish(
      serverPackage({
        'hooks/init': '#!/bin/sh\nset -eu\necho "made" > data/first\necho "init of $YIQIU_UNIT"\n',
        'hooks/config-changed': '#!/bin/sh\necho "$YIQIU_REASON $YIQIU_CHANGED $YIQIU_CONFIG_GREETING"\n',
        'hooks/remove': '#!/bin/sh\necho removed\n',
      }),
    );
    await rig.deploy(program);
    const home = rig.paths.home('echo_7000');
    expect(JSON.parse(readFileSync(join(home, '.owner'), 'utf8'))).toMatchObject({
      unit: 'cache/echo/0',
      incarnation: 1,
    });
    expect(readlinkSync(join(home, 'program'))).toBe(rig.paths.program(program.wire.digest));
    const first = await say(rig.address, 7_000);
    expect(first).toMatch(/^hello \d+ 1$/);
    const state = await eventually('running and ready in a state report', () => {
      const unit = rig.lastState('echo_7000');
      return unit?.ready === true && unit.process === 'running' ? unit : null;
    });
    expect(state).toMatchObject({ pid: Number(first?.split(' ')[1]), incarnation: 1 });

    const changed = await rig.step(program, 'config-changed', {
      reason: 'config',
      changed: ['greeting'],
      config: { greeting: 'good morning' },
    });
    expect(changed).toMatchObject({ outcome: 'succeeded', output: 'config greeting good morning\n' });
    const second = await eventually('the reload', async () => {
      const said = await say(rig.address, 7_000);
      return said?.startsWith('good morning') === true ? said : null;
    });
    expect(second.split(' ').at(2)).toBe(first?.split(' ').at(1));

    expect((await rig.step(program, 'stop')).outcome).toBe('succeeded');
    expect(await say(rig.address, 7_000)).toBeNull();
    expect((await rig.step(program, 'start')).outcome).toBe('succeeded');
    expect(await say(rig.address, 7_000)).not.toBeNull();

    const removed = await rig.step(program, 'remove', { reason: 'remove' });
    expect(removed.outcome).toBe('succeeded');
    const orphan = join(rig.paths.orphans, 'cache.echo.0.1', 'data');
    expect(removed.orphans).toEqual([{ path: orphan, sizeBytes: expect.any(Number) }]);
    expect(readFileSync(join(orphan, 'first'), 'utf8')).toBe('made\n');
    expect(existsSync(home)).toBe(false);
    expect(await say(rig.address, 7_000)).toBeNull();
    await eventually('its absence in a state report', () => rig.lastState('echo_7000') === undefined);
  });

  it('restarts for a changed file that says so, and only then', async () => {
    const program = await rig.publish(serverPackage({}, 'update: {}'));
    await rig.deploy(program);
    const before = await say(rig.address, 7_000);
    const same = await rig.step(program, 'config-changed', { reason: 'config', changed: [] });
    expect(same.outcome).toBe('succeeded');
    expect(await say(rig.address, 7_000)).toBe(before);
    expect((await rig.step(program, 'restart', { reason: 'config' })).outcome).toBe('succeeded');
    expect(await say(rig.address, 7_000)).not.toBe(before);
  });

  it('gives hooks their environment, context and working directory', async () => {
    const program = await rig.publish(
      serverPackage({
        'hooks/install':
          '#!/bin/sh\npwd\nenv | grep ^YIQIU_ | sort\ncat "$YIQIU_CONTEXT"\ncommand -v yiqiu-agent || true\n',
      }),
    );
    const { output, message } = await rig.step(program, 'install');
    expect(message).toBe('');
    const home = rig.paths.home('echo_7000');
    expect(output.split('\n')[0]).toBe(home);
    expect(output).toContain(`YIQIU_UNIT_HOME=${home}\n`);
    expect(output).toContain(`YIQIU_PROGRAM_HOME=${home}/program\n`);
    expect(output).toContain('YIQIU_PORT_TCP=7000\n');
    expect(output).toContain('YIQIU_REASON=deploy\n');
    expect(output).toContain(`"home": "${home}"`);
  });

  it('fails with the hook that failed, its exit code and its output; a retry goes on', async () => {
    const program = await rig.publish(
      serverPackage(
        { 'hooks/install': '#!/bin/sh\necho no luck\ntest -e data-is-here\n' },
        'hooks: { install: { retries: 1 } }',
      ),
    );
    const failed = await rig.step(program, 'install');
    expect(failed).toMatchObject({ outcome: 'failed', exitCode: 1, output: 'no luck\n' });
    expect(failed.message).toContain('hook install: exit code 1, after 2 attempts');
  });

  it('an install that is skipped leaves out its hook, not the directories and not the data', async () => {
    const program = await rig.publish(
      serverPackage({
        'hooks/install': '#!/bin/sh\nexit 4\n',
        'hooks/init': '#!/bin/sh\necho made > data/first\n',
      }),
    );
    expect((await rig.step(program, 'install')).outcome).toBe('failed');
    for (const step of ['config-changed', 'start'] as const)
      expect(await rig.step(program, step)).toMatchObject({ outcome: 'succeeded', message: '' });
    expect(readFileSync(join(rig.paths.home('echo_7000'), 'data', 'first'), 'utf8')).toBe('made\n');
    expect(await say(rig.address, 7_000)).not.toBeNull();
  });

  it('an init that is skipped is never run over what it left', async () => {
    const program = await rig.publish(serverPackage({ 'hooks/init': '#!/bin/sh\necho once >> data/first\nexit 5\n' }));
    expect(await rig.step(program, 'install')).toMatchObject({ outcome: 'failed', exitCode: 5 });
    expect((await rig.step(program, 'config-changed')).outcome).toBe('succeeded');
    expect(await rig.step(program, 'install', { reason: 'upgrade' })).toMatchObject({ outcome: 'succeeded' });
    expect(readFileSync(join(rig.paths.home('echo_7000'), 'data', 'first'), 'utf8')).toBe('once\n');
  });

  it('kills a hook with all it started at its deadline', async () => {
    const program = await rig.publish(
      serverPackage(
        { 'hooks/install': '#!/bin/sh\nsleep 300 &\necho waiting\nsleep 301\n' },
        'hooks: { install: { timeout: 1s } }',
      ),
    );
    const failed = await rig.step(program, 'install');
    expect(failed.message).toContain('deadline of 1000 ms passed');
    expect(failed).toMatchObject({ outcome: 'failed', exitCode: null, output: 'waiting\n' });
    expect(failed.message).toContain('deadline of 1000 ms passed');
  });

  it('says why a start failed, with what the process wrote', async () => {
    const program = await rig.publish(
      serverPackage({ 'bin/serve': '#!/bin/sh\necho "bad directive in line 3" >&2\nexit 3\n' }),
    );
    await rig.done(program, 'install');
    const failed = await rig.step(program, 'start');
    expect(failed).toMatchObject({ outcome: 'failed' });
    expect(failed.message).toContain('exited with code 3; given up after 4 exits');
    expect(failed.output).toContain('bad directive in line 3');
    await eventually('gave-up in a report', () => rig.lastState('echo_7000')?.process === 'gave-up');
  });

  it('refuses the home of another unit, a step without install, and an old incarnation', async () => {
    const program = await rig.publish(serverPackage());
    expect((await rig.step(program, 'start')).message).toContain('not installed here');
    expect((await rig.step(program, 'install', { incarnation: 2 })).outcome).toBe('succeeded');
    const other = '01890000-0000-7000-8000-000000000002';
    const foreign = await rig.step(program, 'install', { unit: 'shop/echo/0', unitUid: other });
    expect(foreign.message).toContain('home echo_7000 is that of cache/echo/0');
    expect((await rig.step(program, 'start', { incarnation: 1 })).message).toContain('was outgranted');
    const late = await rig.step(program, 'remove', { incarnation: 1 });
    expect(late).toMatchObject({ outcome: 'succeeded', orphans: [] });
    expect(readdirSync(rig.paths.root)).toContain('echo_7000');
  });

  it('switches the program at an upgrade, runs its hook and restarts what ran', async () => {
    const first = await rig.publish(serverPackage());
    await rig.deploy(first);
    const before = await say(rig.address, 7_000);
    const files = serverPackage({
      'hooks/upgrade': '#!/bin/sh\necho "upgraded to $(cat program/VERSION)"\n',
      VERSION: '2\n',
    });
    const second = await rig.publish({ ...files, 'yiqiu.yaml': (files['yiqiu.yaml'] ?? '').replace('1.0.0', '2.0.0') });
    const report = await rig.step(second, 'config-changed', { reason: 'upgrade' });
    expect(report).toMatchObject({ outcome: 'succeeded' });
    expect(report.output).toContain('upgraded to 2');
    expect(readlinkSync(join(rig.paths.home('echo_7000'), 'program'))).toBe(rig.paths.program(second.wire.digest));
    const after = await say(rig.address, 7_000);
    expect(after).not.toBeNull();
    expect(after).not.toBe(before);
  });
});
