import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverPackage, type PackageFiles } from '../testing/package.fixture.ts';
import { agentBundle, eventually, Rig } from '../testing/rig.fixture.ts';

jest.setTimeout(90_000);

const endpoints = 'provides: [{ name: cache, interface: redis }]\npeers: [{ name: ring, interface: echo-peer }]\n';
/** What `data/say` says is published by hook config-changed. */
const publishing = (more: PackageFiles = {}): PackageFiles =>
  serverPackage(
    { 'hooks/config-changed': '#!/bin/sh\nset -eu\nif test -e data/say; then sh -eu data/say; fi\n', ...more },
    endpoints,
  );

describe('yiqiu-agent relation-set', () => {
  let rig: Rig;
  const home = () => rig.paths.home('echo_7000');
  const published = () => rig.lastState('echo_7000')?.relationData;
  beforeEach(async () => {
    rig = new Rig();
    rig.platform.timing = { heartbeatMs: 500, leaseMs: 60_000, stateReportMs: 60_000 };
    await rig.start();
  });
  afterEach(() => rig.close());

  it('publishes, changes and takes away; it is reported whole, and outlives the agent', async () => {
    const program = await rig.publish(publishing());
    await rig.done(program, 'install');
    const run = async (script: string) => {
      writeFileSync(join(home(), 'data', 'say'), `${script}\n`);
      return rig.step(program, 'config-changed');
    };
    await rig.done(program, 'config-changed');
    expect(published() ?? {}).toEqual({});
    const first = await run(
      'yiqiu-agent relation-set cache password=s3=cret url="a b"\nyiqiu-agent relation-set cache --service epoch=1',
    );
    expect(first).toMatchObject({ outcome: 'succeeded', output: '' });
    const both = { cache: { unit: { password: 's3=cret', url: 'a b' }, service: { epoch: '1' } } };
    await eventually('both bags', () => JSON.stringify(published()) === JSON.stringify(both));

    await rig.stop();
    await rig.start();
    await eventually('the same from the next agent', () => JSON.stringify(published()) === JSON.stringify(both));

    await run('yiqiu-agent relation-set cache url= password=other\nyiqiu-agent relation-set ring id=7');
    const changed = {
      cache: { unit: { password: 'other' }, service: { epoch: '1' } },
      ring: { unit: { id: '7' }, service: {} },
    };
    await eventually('the change', () => JSON.stringify(published()) === JSON.stringify(changed));
    expect(readdirSync(join(home(), '.relations', 'new'))).toEqual([]);
  });

  it('refuses with its reason: exit code 2 for what is wrong, 1 for what is too much', async () => {
    const program = await rig.publish(publishing());
    await rig.done(program, 'install');
    const saying = async (line: string) => {
      writeFileSync(join(home(), 'data', 'say'), `${line}\n`);
      const { outcome, exitCode, output } = await rig.step(program, 'config-changed');
      return { outcome, exitCode, output };
    };
    const wrong = [
      ['yiqiu-agent relation-set cash a=1', '"cash" is no endpoint of this program: there are cache, ring'],
      ['yiqiu-agent relation-set cache', 'there is nothing to publish'],
      ['yiqiu-agent relation-set cache a', '"a" is not KEY=VALUE'],
      ['yiqiu-agent relation-set cache 1a=1', '"1a" is no name of a key'],
      ['yiqiu-agent relation-set cache ip=1', '"ip" is said by the platform itself'],
      ['yiqiu-agent relation-set cache a=1 a=2', '"a" is there twice'],
      ['yiqiu-agent relation-set cache --unit a=1', "Unknown option '--unit'"],
      [`yiqiu-agent relation-set cache a=$(printf %05000d 1)`, '"a" has 5000 characters, at most 4096'],
    ] as const;
    for (const [line, reason] of wrong) {
      const said = await saying(line);
      expect(said).toMatchObject({ outcome: 'failed', exitCode: 2 });
      expect(said.output).toContain(reason);
    }
    const keys = (first: number, last: number) =>
      `for i in $(seq ${first} ${last}); do set -- "$@" k$i=$(printf %04000d 1); done; yiqiu-agent relation-set cache "$@"`;
    expect((await saying(keys(1, 15))).output).toBe('');
    const much = await saying(keys(16, 18));
    expect(much).toMatchObject({ outcome: 'failed', exitCode: 1 });
    expect(much.output).toContain("a unit's relation data is at most 65536 bytes in all");
    await eventually('what had room', () => Object.keys(published()?.['cache']?.unit ?? {}).length === 15);
    const outside = spawnSync(process.execPath, [agentBundle, 'relation-set', 'cache', 'a=1'], {
      env: {},
      encoding: 'utf8',
    });
    expect(outside).toMatchObject({ status: 2, stderr: expect.stringContaining('is for hooks') });
  });

  it('what a hostile hook leaves is not followed, and does not stop the rest', async () => {
    const program = await rig.publish(publishing());
    await rig.done(program, 'install');
    await rig.done(program, 'config-changed');
    const spool = join(home(), '.relations', 'new');
    const name = (n: number) => join(spool, `${String(n).padStart(15, '0')}-${'0'.repeat(20)}-1.json`);
    const secret = join(rig.directory, 'secret.json');
    const values = { endpoint: 'cache', granularity: 'unit', values: { stolen: 'yes' } };
    writeFileSync(secret, JSON.stringify(values));
    symlinkSync(secret, name(1));
    mkdirSync(name(2));
    writeFileSync(name(3), '{ not json');
    writeFileSync(name(4), JSON.stringify({ ...values, values: { __proto__: 'x', 'bad key': 'y' } }));
    writeFileSync(name(5), JSON.stringify({ ...values, endpoint: 'nosuch' }));
    writeFileSync(name(6), JSON.stringify({ ...values, values: { good: 'yes' } }));
    expect(spawnSync('mkfifo', [name(7)]).status).toBe(0);
    await rig.done(program, 'config-changed');
    await eventually(
      'the good one alone',
      () => JSON.stringify(published()) === '{"cache":{"unit":{"good":"yes"},"service":{}}}',
    );
    expect(readdirSync(spool)).toEqual([]);
    expect(existsSync(secret)).toBe(true);
  });

  it('hooks of another user publish too, and cannot write what the agent wrote', async () => {
    const user = 'hooks: { config-changed: { user: nobody } }\n';
    const files = serverPackage(
      {
        'hooks/config-changed':
          '#!/bin/sh\nset -eu\nyiqiu-agent relation-set cache who="$(id -un)"\n! test -w .relations/data.json\n',
      },
      `${endpoints}${user}`,
    );
    const program = await rig.publish(files);
    await rig.done(program, 'install');
    await rig.done(program, 'config-changed');
    await rig.done(program, 'config-changed');
    await eventually('what nobody said', () => published()?.['cache']?.unit['who'] === 'nobody');
    expect(statSync(join(home(), '.relations', 'data.json')).uid).toBe(process.getuid?.());
  });
});
