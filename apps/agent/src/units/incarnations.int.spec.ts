import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverPackage, type PackageFiles } from '../testing/package.fixture.ts';
import { eventually, Rig, say } from '../testing/rig.fixture.ts';

jest.setTimeout(90_000);

const files = () =>
  serverPackage({
    'hooks/install': '#!/bin/sh\necho "install of incarnation $YIQIU_INCARNATION"\n',
    'hooks/init':
      '#!/bin/sh\necho "init of incarnation $YIQIU_INCARNATION"\necho "$YIQIU_INCARNATION" > data/made-by\n',
  });

describe('incarnations of one unit on one machine', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = new Rig();
    await rig.start();
  });
  afterEach(() => rig.close());
  /** Another journal: its owner closes what was outstanding, and begins to count anew. */
  const loseJournal = async () => {
    const { generation } = rig.platform.queues.service;
    await rig.stop();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${rig.paths.journal}${suffix}`, { force: true });
    await rig.start();
    await eventually('the next generation', () => rig.platform.queues.service.generation > generation);
  };
  const owner = (home: string) => JSON.parse(readFileSync(join(rig.paths.home(home), '.owner'), 'utf8')) as unknown;

  it('what is said of an older one touches its own home only', async () => {
    const program = await rig.publish(files());
    await rig.deploy(program);
    const newer = { incarnation: 2, port: 7_001 };
    await rig.deploy(program, newer);
    const serving = await say(rig.address, 7_001);
    expect(await rig.step(program, 'stop', { reason: 'migrate' })).toMatchObject({ outcome: 'succeeded' });
    expect(await say(rig.address, 7_000)).toBeNull();
    expect(await say(rig.address, 7_001)).toBe(serving);
    const removed = await rig.step(program, 'remove', { reason: 'migrate' });
    const path = join(rig.paths.orphans, 'cache.echo.0.1', 'data');
    expect(removed).toMatchObject({ outcome: 'succeeded', orphans: [{ path, sizeBytes: expect.any(Number) }] });
    expect(readFileSync(join(path, 'made-by'), 'utf8')).toBe('1\n');
    expect(existsSync(rig.paths.home('echo_7000'))).toBe(false);
    expect(await say(rig.address, 7_001)).toBe(serving);
    await eventually(
      'the newer one alone',
      () =>
        rig.platform.states
          .at(-1)
          ?.units.map(({ incarnation }) => incarnation)
          .join() === '2',
    );
    // Once more, as after a lost report: nothing is left, and nothing else is taken for it.
    expect(await rig.step(program, 'remove', { reason: 'migrate' })).toMatchObject({
      outcome: 'succeeded',
      orphans: [],
    });
    expect(await rig.step(program, 'stop', { incarnation: 1, port: 7_001 })).toMatchObject({ outcome: 'succeeded' });
    expect(await say(rig.address, 7_001)).toBe(serving);
  });

  it.each(['with its record', 'whose journal was lost'])(
    'a newer one takes the home of an older one over, %s: install again, init not, the data as it was',
    async (how) => {
      const program = await rig.publish(files());
      await rig.deploy(program);
      await rig.done(program, 'stop');
      if (how !== 'with its record') await loseJournal();
      const installed = await rig.done(program, 'install', { incarnation: 2, reason: 'migrate' });
      expect(installed.output).toBe('install of incarnation 2\n');
      expect(owner('echo_7000')).toMatchObject({ unit: 'cache/echo/0', incarnation: 2 });
      expect(readFileSync(join(rig.paths.home('echo_7000'), 'data', 'made-by'), 'utf8')).toBe('1\n');
      for (const step of ['config-changed', 'start'] as const) await rig.done(program, step, { incarnation: 2 });
      expect(await say(rig.address, 7_000)).toMatch(/ 2$/);
      // The older one's late removal finds nothing of its own.
      expect(await rig.step(program, 'remove', { incarnation: 1 })).toMatchObject({
        outcome: 'succeeded',
        orphans: [],
      });
      expect(await say(rig.address, 7_000)).toMatch(/ 2$/);
    },
  );

  it('a newer one that runs over from an older process is started as what it is', async () => {
    const program = await rig.publish(files());
    await rig.deploy(program);
    await rig.done(program, 'install', { incarnation: 2 });
    await rig.done(program, 'start', { incarnation: 2 });
    expect(await say(rig.address, 7_000)).toMatch(/ 2$/);
  });

  it('a removal of the newer one covers what an older one left in the home it was given', async () => {
    const program = await rig.publish(files());
    await rig.deploy(program);
    const removed = await rig.step(program, 'remove', { incarnation: 2, reason: 'remove' });
    const path = join(rig.paths.orphans, 'cache.echo.0.1', 'data');
    expect(removed).toMatchObject({ outcome: 'succeeded', orphans: [{ path }] });
    expect(await say(rig.address, 7_000)).toBeNull();
  });

  it('another version with a newer incarnation: install first, upgrade before what follows', async () => {
    const first = await rig.publish(files());
    await rig.deploy(first);
    await rig.done(first, 'stop');
    const more: PackageFiles = { ...files(), 'hooks/upgrade': '#!/bin/sh\necho upgrade\n' };
    const second = await rig.publish({ ...more, 'yiqiu.yaml': (more['yiqiu.yaml'] ?? '').replace('1.0.0', '2.0.0') });
    expect((await rig.done(second, 'install', { incarnation: 2 })).output).toBe('install of incarnation 2\n');
    expect((await rig.done(second, 'config-changed', { incarnation: 2 })).output).toBe('upgrade\n');
  });

  it('a home of nobody that holds something is refused, and so is one of another unit', async () => {
    const program = await rig.publish(files());
    await rig.done(program, 'install', { port: 7_001 });
    rmSync(join(rig.paths.home('echo_7001'), '.owner'));
    await loseJournal();
    const nobody = await rig.step(program, 'install', { port: 7_001 });
    expect(nobody).toMatchObject({ outcome: 'failed', message: expect.stringContaining('not empty, and no unit') });
    await rig.done(program, 'install');
    writeFileSync(join(rig.paths.home('echo_7000'), 'data', 'mine'), '');
    const other = { unitUid: '01890000-0000-7000-8000-000000000009', unit: 'cache/echo/9', incarnation: 5 };
    const taken = await rig.step(program, 'install', other);
    expect(taken).toMatchObject({ outcome: 'failed', message: expect.stringContaining('is that of cache/echo/0') });
    expect(await rig.step(program, 'remove', other)).toMatchObject({ outcome: 'succeeded', orphans: [] });
    expect(existsSync(join(rig.paths.home('echo_7000'), 'data', 'mine'))).toBe(true);
  });
});
