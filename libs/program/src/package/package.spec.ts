import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { inTempDirectory, tarOf } from '../archive/tar.fixture.ts';
import { pageManifest, pageTemplate, head } from '../manifest/manifest.fixture.ts';
import { fieldOf, toFieldProblem } from '../problem/index.ts';
import { initDirectory } from './init.ts';
import { lintDirectory, pack, verifyPackage } from './verify.ts';

async function lay(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, /^(hooks|bin)\//.test(path) ? 0o755 : 0o644);
  }
}

const redis = {
  'yiqiu.yaml': pageManifest,
  'templates/redis.conf.hbs': pageTemplate,
  'hooks/install': '#!/bin/sh\n',
  'bin/can-lead': '#!/bin/sh\n',
  'bin/ping': '#!/bin/sh\n',
  'bin/role': '#!/bin/sh\n',
  'README.md': '# redis\n',
};

describe('a good package', () => {
  it('lints clean, packs, and is verified to the same manifest and digest', async () => {
    await inTempDirectory(async (directory) => {
      await lay(directory, redis);
      const linted = await lintDirectory(directory);
      expect(linted).toMatchObject({
        manifest: { name: 'redis', hooks: { install: { retries: 2 } } },
        warnings: [],
        readme: '# redis\n',
      });
      const packed = await pack(directory);
      if ('problems' in packed) throw new Error(JSON.stringify(packed.problems));
      const verified = await verifyPackage(packed.archive);
      expect(verified).toEqual({
        manifest: packed.manifest,
        warnings: [],
        readme: '# redis\n',
        digest: createHash('sha256').update(packed.archive).digest('hex'),
        size: packed.archive.length,
      });
    });
  });

  it('needs no more than yiqiu.yaml', async () => {
    expect(await verifyPackage(await tarOf([{ name: './yiqiu.yaml', text: head }]))).toMatchObject({
      manifest: { name: 'small' },
      readme: null,
    });
  });

  it('is warned of what is probably a mistake', async () => {
    await inTempDirectory(async (directory) => {
      const { 'bin/ping': _ping, 'hooks/install': _install, ...files } = redis;
      await lay(directory, { ...files, 'hooks/config-change': '', 'hooks/common': '' });
      await chmod(join(directory, 'bin/role'), 0o644);
      const linted = await lintDirectory(directory);
      expect('warnings' in linted && linted.warnings.map(({ reason, ...at }) => `${fieldOf(at)} ${reason}`)).toEqual([
        'yiqiu.yaml:31 runs "bin/ping", which the package does not have',
        'yiqiu.yaml:32 runs "bin/role", which has no run bit',
        'yiqiu.yaml:34 has settings, and the package has no hooks/install',
        'hooks/config-change:1 is no hook, and never run (did you mean "config-changed"?)',
      ]);
    });
  });
});

describe('a bad package', () => {
  it('is refused alike when it is linted, packed and pushed', async () => {
    await inTempDirectory(async (directory) => {
      await lay(directory, {
        ...redis,
        'yiqiu.yaml': pageManifest.replace('name: redis', 'nme: redis').replace('default: 6379', 'default: 0'),
        'templates/redis.conf.hbs': 'a\n{{nosuch}}\n',
      });
      await chmod(join(directory, 'hooks/install'), 0o644);
      await symlink('../../etc', join(directory, 'bin/out'));
      const linted = await lintDirectory(directory);
      expect('problems' in linted && linted.problems.map(fieldOf)).toEqual([
        'bin/out:1',
        'yiqiu.yaml:1',
        'yiqiu.yaml:2',
        'yiqiu.yaml:14',
        'hooks/install:1',
        'templates/redis.conf.hbs:2',
      ]);
      expect(await pack(directory)).toEqual(linted);
      const entries = await Promise.all(
        ['yiqiu.yaml', 'templates/redis.conf.hbs', 'hooks/install'].map(async (name) => ({
          name,
          text: await readFile(join(directory, name), 'utf8'),
        })),
      );
      const pushed = await verifyPackage(
        await tarOf([...entries, { name: 'bin/out', type: 'symlink', linkname: '../../etc' }]),
      );
      expect(pushed).toEqual(linted);
    });
  });

  it('names its places as the REST interface does', async () => {
    const verified = await verifyPackage(await tarOf([{ name: 'yiqiu.yaml', text: `${head}ports: [{ name: A }]\n` }]));
    expect('problems' in verified && verified.problems.map(toFieldProblem)).toEqual([
      {
        field: 'yiqiu.yaml:5',
        value: 'A',
        allowed: expect.stringContaining('a DNS label'),
        message: expect.stringContaining('ports[0].name: is not a DNS label'),
      },
    ]);
  });

  it('has a manifest that is no text, or none', async () => {
    const binary = await tarOf([{ name: 'yiqiu.yaml', text: 'x'.repeat(128 * 1024 + 1) }]);
    expect(await verifyPackage(binary)).toMatchObject({
      problems: [{ file: 'yiqiu.yaml', reason: expect.stringContaining('longer than') }],
    });
    expect(await verifyPackage(await tarOf([]))).toMatchObject({ problems: [{ file: 'yiqiu.yaml' }] });
    expect(await verifyPackage(Buffer.from('no archive'))).toMatchObject({ problems: [{ file: 'package' }] });
  });

  it('has a template that is no text', async () => {
    await inTempDirectory(async (directory) => {
      await lay(directory, redis);
      await writeFile(join(directory, 'templates/redis.conf.hbs'), Buffer.from([0xff, 0xfe, 0x00]));
      const linted = await lintDirectory(directory);
      expect(linted).toMatchObject({
        problems: [{ file: 'yiqiu.yaml', line: 20, reason: expect.stringContaining('is no UTF-8 text') }],
      });
    });
  });
});

describe('a starting package', () => {
  it('lints clean under any name', async () => {
    await inTempDirectory(async (directory) => {
      const paths = await initDirectory(join(directory, 'deep/er'), 'my-app');
      expect(paths).toContain('yiqiu.yaml');
      expect(await lintDirectory(join(directory, 'deep/er'))).toMatchObject({
        manifest: { name: 'my-app' },
        warnings: [],
      });
      expect((await stat(join(directory, 'deep/er/hooks/install'))).mode & 0o111).not.toBe(0);
    });
  });

  it('is not written over something, nor under a bad name', async () => {
    await inTempDirectory(async (directory) => {
      await lay(directory, { x: 'y' });
      await expect(initDirectory(directory, 'app')).rejects.toThrow('is not empty: it holds x');
      await expect(initDirectory(join(directory, 'z'), 'My App')).rejects.toThrow('"My App" is no DNS label');
    });
  });
});
