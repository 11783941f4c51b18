import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataCommand, StepReport } from '@yiqiu/contracts';
import { serverPackage, type TestProgram } from '../testing/package.fixture.ts';
import { Rig, say } from '../testing/rig.fixture.ts';

jest.setTimeout(90_000);

const dataUid = '01890000-0000-7000-8000-0000000000d1';
const heir = { unitUid: '01890000-0000-7000-8000-000000000002', unit: 'cache/echo/1', port: 7_001, home: 'echo_7001' };
const target = { unitUid: heir.unitUid, unit: heir.unit, incarnation: 1, home: heir.home };

describe('data that a removal left', () => {
  let rig: Rig;
  let program: TestProgram;
  let path: string;

  beforeEach(async () => {
    rig = new Rig();
    await rig.start();
    program = await rig.publish(serverPackage());
    await rig.deploy(program);
    writeFileSync(join(rig.paths.home('echo_7000'), 'data', 'mine'), 'kept');
    const { orphans } = await rig.done(program, 'remove');
    path = orphans[0]?.path ?? '';
    expect(readFileSync(join(path, 'mine'), 'utf8')).toBe('kept');
  });
  afterEach(() => rig.close());

  const order = (more: Partial<DataCommand> = {}): DataCommand => ({
    ...{ kind: 'data-change', change: 'purge', dataUid, path, target: null, incarnation: 1 },
    ...{ unitUid: '01890000-0000-7000-8000-000000000001', unit: 'cache/echo/0' },
    ...more,
  });
  const done = async (more: Partial<DataCommand> = {}): Promise<StepReport> =>
    rig.reported(await rig.platform.issue('service', order(more)));

  it('is deleted, with the directory that kept it; once more is no harm', async () => {
    expect(await done()).toMatchObject({ outcome: 'succeeded', message: '', orphans: [] });
    expect(readdirSync(rig.paths.orphans)).toEqual([]);
    expect(await done()).toMatchObject({ outcome: 'succeeded', message: 'nothing was there any more' });
  });

  it('leaves what else is kept beside it', async () => {
    mkdirSync(join(path, '..', 'logs'));
    expect(await done()).toMatchObject({ outcome: 'succeeded' });
    expect(readdirSync(join(path, '..')).sort()).toEqual(['.owner', 'logs']);
  });

  it.each([
    ['of another unit', { unitUid: heir.unitUid }, 'is kept for cache/echo/0'],
    ['of a newer incarnation', { incarnation: 2, before: true }, null],
  ])('%s', async (_, { before, ...more }: Partial<DataCommand> & { before?: boolean }, message) => {
    // An older incarnation began the directory; the data of a newer one is in it all the same.
    expect(before ?? false).toBe(message === null);
    const report = await done(more);
    if (message === null) expect(report).toMatchObject({ outcome: 'succeeded' });
    else expect(report).toMatchObject({ outcome: 'failed', message: expect.stringContaining(message) });
    expect(existsSync(path)).toBe(message !== null);
  });

  it('is nothing that lies elsewhere, or behind a link', async () => {
    const elsewhere = join(rig.directory, 'elsewhere');
    mkdirSync(join(elsewhere, 'data'), { recursive: true });
    for (const wrong of [elsewhere, join(rig.paths.orphans, 'x', '..', '..', 'elsewhere'), rig.paths.orphans, '/']) {
      expect(await done({ path: wrong })).toMatchObject({
        outcome: 'failed',
        message: expect.stringContaining('is not below the orphans'),
      });
    }
    rmSync(path, { recursive: true });
    symlinkSync(join(elsewhere, 'data'), path);
    expect(await done()).toMatchObject({ outcome: 'failed', message: expect.stringContaining('is no directory') });
    expect(existsSync(join(elsewhere, 'data'))).toBe(true);
  });

  describe('adopted by a stopped unit', () => {
    beforeEach(async () => {
      await rig.deploy(program, heir);
      writeFileSync(join(rig.paths.home(heir.home), 'data', 'own'), 'of the heir');
    });
    const adopt = () => done({ change: 'adopt', target });

    it('is in its home; what was there is an orphan of its own', async () => {
      expect(await adopt()).toMatchObject({ outcome: 'failed', message: 'cache/echo/1 is not stopped' });
      await rig.done(program, 'stop', heir);
      const report = await adopt();
      expect(report).toMatchObject({ outcome: 'succeeded', orphans: [{ path: expect.any(String) }] });
      const displaced = report.orphans[0]?.path ?? '';
      expect(readFileSync(join(displaced, 'own'), 'utf8')).toBe('of the heir');
      const home = join(rig.paths.home(heir.home), 'data');
      expect(readFileSync(join(home, 'mine'), 'utf8')).toBe('kept');
      expect(existsSync(path)).toBe(false);
      // Cut off after the move and asked again: the same answer.
      expect(await adopt()).toMatchObject({ outcome: 'succeeded', orphans: [{ path: displaced }] });
      await rig.done(program, 'start', heir);
      expect(await say(rig.address, 7_001)).not.toBeNull();
      // What was displaced is data like any other.
      const { unitUid, unit } = heir;
      expect(await done({ unitUid, unit, path: displaced })).toMatchObject({ outcome: 'succeeded' });
      expect(readdirSync(rig.paths.orphans)).toEqual([]);
    });

    it('where the agent was cut off between the two moves', async () => {
      await rig.done(program, 'stop', heir);
      const home = join(rig.paths.home(heir.home), 'data');
      const displaced = join(rig.paths.orphans, `cache.echo.1.1.${dataUid}`, 'data');
      mkdirSync(join(displaced, '..'), { recursive: true });
      renameSync(home, displaced);
      expect(await adopt()).toMatchObject({ outcome: 'succeeded', orphans: [{ path: displaced }] });
      expect(readFileSync(join(home, 'mine'), 'utf8')).toBe('kept');
    });
  });
});
