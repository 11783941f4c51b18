import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import tar from 'tar-stream';
import { describe, expect, it } from '@jest/globals';
import { inspectArchive } from './inspect.ts';
import { PackageRefused } from './refusal.ts';
import { inTempDirectory, smallManifest, tarOf, type TarEntry } from './tar.fixture.ts';
import { unpack } from './unpack.ts';

const manifest: TarEntry = { name: 'yiqiu.yaml', text: smallManifest };

/** Both ways in must refuse: the check at push, and unpacking on the machine. Unpacking leaves nothing behind. */
async function refusals(archive: Buffer): Promise<string[]> {
  const { problems } = await inspectArchive(archive);
  const left = await inTempDirectory(async (directory) => {
    await expect(unpack(archive, join(directory, 'target'))).rejects.toThrow(PackageRefused);
    return readdir(directory);
  });
  expect(left).toEqual([]);
  return problems.map((problem) => `${problem.file}: ${problem.reason}`);
}

describe('hostile archives', () => {
  it.each<[string, TarEntry[], string]>([
    ['absolute path', [{ name: '/etc/cron.d/x', text: 'x' }], '/etc/cron.d/x: is absolute'],
    ['climbing out', [{ name: '../x', text: 'x' }], '../x: climbs out with ".."'],
    ['climbing out from within', [{ name: 'a/../../x', text: 'x' }], 'a/../../x: climbs out with ".."'],
    [
      'a character device',
      [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }],
      'is a device (character-device)',
    ],
    ['a block device', [{ name: 'sda', type: 'block-device' }], 'sda: is a device (block-device)'],
    ['a fifo', [{ name: 'pipe', type: 'fifo' }], 'pipe: is a fifo'],
    [
      'a link to an absolute path',
      [{ name: 'l', type: 'symlink', linkname: '/etc/passwd' }],
      'l: is a link that points outside',
    ],
    [
      'a link that climbs out',
      [{ name: 'a/l', type: 'symlink', linkname: '../../x' }],
      'a/l: is a link that points outside',
    ],
    [
      'a link that climbs out through another',
      [
        { name: 'sub/deep/x', text: '' },
        { name: 'sub/l', type: 'symlink', linkname: '..' },
        { name: 'm', type: 'symlink', linkname: 'sub/l/../etc' },
      ],
      'm: is a link that points outside',
    ],
    [
      'links in a circle',
      [{ name: 'a', type: 'symlink', linkname: './a/../a' }],
      'a: is a link that leads in a circle',
    ],
    [
      'writing through a link',
      [
        { name: 'd', type: 'symlink', linkname: '.' },
        { name: 'd/x', text: 'x' },
      ],
      'd/x: is below "d", which is a symlink',
    ],
    [
      'a link in the place of a directory that was written to',
      [
        { name: 'd/x', text: 'x' },
        { name: 'd', type: 'symlink', linkname: '/etc' },
      ],
      'd: stands where a directory is',
    ],
    [
      'a file below a file',
      [
        { name: 'f', text: '' },
        { name: 'f/x', text: '' },
      ],
      'f/x: is below "f", which is a file',
    ],
    [
      'the same name twice',
      [
        { name: 'a', text: '1' },
        { name: './a', text: '2' },
      ],
      'a: is there twice',
    ],
    ['a hard link outside', [{ name: 'h', type: 'link', linkname: '/etc/shadow' }], 'h: is a link that points outside'],
    ['a hard link that climbs', [{ name: 'h', type: 'link', linkname: '../x' }], 'h: is a link that points outside'],
    [
      'a hard link to nothing',
      [{ name: 'h', type: 'link', linkname: 'x' }],
      'h: is a hard link to what is no earlier file',
    ],
    [
      'a hard link to a link',
      [
        { name: 's', type: 'symlink', linkname: 'x' },
        { name: 'h', type: 'link', linkname: 's' },
      ],
      'h: is a hard link to what',
    ],
    ['an undecodable or control name', [{ name: 'a\nb', text: '' }], 'has control characters'],
    ['a file as the root', [{ name: './', type: 'symlink', linkname: '/' }], 'replaces the root'],
    ['a name that is too long', [{ name: 'x'.repeat(256), text: '' }], 'has a name longer than 255 bytes'],
  ])('%s', async (_, entries, reason) => {
    expect(await refusals(await tarOf([manifest, ...entries]))).toEqual([expect.stringContaining(reason)]);
  });

  it('all problems of an archive are told at once', async () => {
    const archive = await tarOf([
      { name: '/a', text: '' },
      manifest,
      { name: '../b', text: '' },
      { name: 'p', type: 'fifo' },
    ]);
    expect(await refusals(archive)).toHaveLength(3);
  });

  it('no manifest', async () => {
    const archive = await tarOf([{ name: 'x', text: '' }]);
    expect(await refusals(archive)).toEqual(["yiqiu.yaml: is not at the archive's root"]);
  });

  it('the directory packed instead of what is in it', async () => {
    const [reason] = await refusals(await tarOf([{ name: 'redis/yiqiu.yaml', text: smallManifest }]));
    expect(reason).toContain('it is at "redis/yiqiu.yaml": pack what is in the directory');
  });

  it('a manifest that is a link', async () => {
    const archive = await tarOf([
      { name: 'x', text: smallManifest },
      { name: 'yiqiu.yaml', type: 'symlink', linkname: 'x' },
    ]);
    expect(await refusals(archive)).toEqual(['yiqiu.yaml: is a symlink, not a file']);
  });

  it('no gzip, half a gzip, no tar', async () => {
    const whole = await tarOf([manifest]);
    expect(await refusals(Buffer.from('hello'))).toEqual([expect.stringContaining('package: is no whole gzip file')]);
    expect(await refusals(whole.subarray(0, whole.length - 20))).toEqual([
      expect.stringContaining('package: is no whole'),
    ]);
    expect(await refusals(gzipSync(Buffer.alloc(2048, 'x')))).toEqual([
      expect.stringContaining('package: is no whole tar archive'),
    ]);
    expect(await refusals(Buffer.alloc(0))).toEqual([expect.stringContaining('package: ')]);
  });

  it('a tar that ends in the middle of a file', async () => {
    const pack = await tarOf([
      { name: 'yiqiu.yaml', text: smallManifest },
      { name: 'a', text: 'x'.repeat(5000) },
    ]);
    const cut = gzipSync(gunzipSync(pack).subarray(0, 3000));
    expect(await refusals(cut)).toEqual([expect.stringContaining('package: is no whole tar archive')]);
  });

  it('a decompression bomb, without unpacking it', async () => {
    // One gigabyte of zeros in a megabyte: gzip members one after another are one stream.
    const member = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    const bomb = Readable.from(Array.from({ length: 17 }, () => member));
    const { problems } = await inspectArchive(bomb);
    expect(problems).toEqual([expect.objectContaining({ file: 'package', reason: 'unpacks to more than 1 GiB' })]);
  }, 60_000);

  it('more than 256 MiB', async () => {
    const pack = tar.pack();
    pack.entry({ name: 'big', size: 300 * 1024 * 1024 });
    const { value: header } = await pack[Symbol.asyncIterator]().next();
    const stored = gzipSync(randomBytes(1024 * 1024), { level: 0 });
    const large = Readable.from([gzipSync(header), ...Array.from({ length: 300 }, () => stored)]);
    const { problems } = await inspectArchive(large);
    expect(problems).toEqual([expect.objectContaining({ file: 'package', reason: 'is larger than 256 MiB' })]);
  }, 60_000);

  it('too many entries', async () => {
    const many = Array.from({ length: 20_001 }, (_, index) => ({ name: `f${index}`, text: '' }));
    const { problems } = await inspectArchive(await tarOf([manifest, ...many]));
    expect(problems[0]).toMatchObject({ file: 'f19999', reason: 'is one too many: at most 20000 entries' });
  }, 60_000);
});
