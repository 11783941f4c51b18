import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { serverPackage } from '../testing/package.fixture.ts';
import { Rig, say } from '../testing/rig.fixture.ts';

jest.setTimeout(90_000);

const isRoot = process.getuid?.() === 0;
/** Only root becomes another user, and only where it may make mount namespaces is that user led past a closed directory. */
const whereRoot = isRoot ? it : it.skip;
const whereMounts = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0 ? it : it.skip;

const asNobody = () =>
  serverPackage(
    {
      'hooks/install':
        '#!/bin/sh\nset -eu\nid -un\npwd\ntest "$(cat program/yiqiu.yaml | head -1)" = "apiVersion: yiqiu/v1"\n',
      'hooks/start': '#!/bin/sh\nset -eu\nid -un > data/started-by\n! ls "$YIQIU_UNIT_HOME/../.." | grep -q package\n',
    },
    'user: nobody\n',
  );

describe("a unit's user other than root", () => {
  let rig: Rig;
  afterEach(() => rig.close());

  whereMounts('runs below a directory that only root may pass, and sees nothing else of it', async () => {
    rig = new Rig();
    await rig.start();
    expect(statSync(rig.directory).mode & 0o777).toBe(0o700);
    const program = await rig.publish(asNobody());
    const installed = await rig.done(program, 'install');
    expect(installed.output).toBe(`nobody\n${rig.paths.home('echo_7000')}\n`);
    await rig.done(program, 'start');
    const pid = Number((await say(rig.address, 7_000))?.split(' ')[1]);
    expect(statSync(`/proc/${pid}`).uid).toBe(statSync(join(rig.paths.home('echo_7000'), 'data')).uid);
    expect(statSync(`/proc/${pid}`).uid).toBeGreaterThan(0);
    await rig.done(program, 'remove');
    expect(await say(rig.address, 7_000)).toBeNull();
  });

  whereRoot('is refused at install, with the directory, where it cannot be led there', async () => {
    rig = new Rig();
    await rig.start();
    chmodSync(rig.paths.root, 0o700);
    const program = await rig.publish(asNobody());
    const refused = await rig.step(program, 'install');
    expect(refused).toMatchObject({ outcome: 'failed', output: '' });
    expect(refused.message).toContain(
      `user nobody cannot reach the unit's home ${rig.paths.home('echo_7000')}: directory ${rig.paths.root} (mode 0700 of 0:0) is closed to it`,
    );
    chmodSync(rig.paths.root, 0o755);
    chmodSync(rig.directory, 0o755);
    await rig.done(program, 'install');
  });
});
