import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, readFile, readlink, symlink, utimes, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inspectArchive } from './inspect.ts';
import { packDirectory } from './pack.ts';
import { PackageRefused } from './refusal.ts';
import { inTempDirectory, smallManifest, tarOf } from './tar.fixture.ts';
import { removeUnpacked, unpack } from './unpack.ts';

interface Tree {
  [path: string]: { text: string; run: boolean };
}

async function lay(directory: string, tree: Tree, order: readonly string[] = Object.keys(tree)): Promise<void> {
  for (const path of order) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, tree[path]?.text ?? '');
    await chmod(file, tree[path]?.run === true ? 0o755 : 0o644);
  }
}

const manifest = { 'yiqiu.yaml': { text: smallManifest, run: false } };
const segment = fc.stringMatching(/^[a-zA-Zé_-][a-zA-Z0-9é. _-]{0,6}$/).filter((name) => !name.endsWith('.git'));
const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const trees = fc
  .dictionary(path, fc.record({ text: fc.string(), run: fc.boolean() }), { maxKeys: 6, noNullPrototype: true })
  .map((tree): Tree => {
    const names = Object.keys(tree);
    const plain = names.filter((name) => !names.some((other) => other.startsWith(`${name}/`)));
    return { ...Object.fromEntries(plain.map((name) => [name, tree[name] ?? { text: '', run: false }])), ...manifest };
  });

describe('packing', () => {
  it('gives the same bytes for the same input, whatever the order, times and modes on disk', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        await inTempDirectory(async (directory) => {
          const [one, two] = [join(directory, 'one'), join(directory, 'two')];
          await lay(one, tree);
          await lay(two, tree, Object.keys(tree).reverse());
          for (const name of Object.keys(tree)) await utimes(join(two, name), 1, 1);
          await chmod(join(two, 'yiqiu.yaml'), 0o600);
          const [left, right] = [await packDirectory(one), await packDirectory(two)];
          expect(right.digest).toBe(left.digest);
          expect(right.archive.equals(left.archive)).toBe(true);
        });
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('comes out again as it went in, read-only', async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        await inTempDirectory(async (directory) => {
          await lay(join(directory, 'in'), tree);
          const packed = await packDirectory(join(directory, 'in'));
          const read = await unpack(packed.archive, join(directory, 'out'), { digest: packed.digest });
          expect(read).toEqual({ digest: packed.digest, size: packed.size });
          for (const [name, { text, run }] of Object.entries(tree)) {
            const file = join(directory, 'out', name);
            expect(await readFile(file, 'utf8')).toBe(Buffer.from(text).toString());
            expect((await lstat(file)).mode & 0o777).toBe(run ? 0o555 : 0o444);
          }
        });
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it('differs where a run bit, a name or a byte differs', async () => {
    await inTempDirectory(async (directory) => {
      const digest = async (tree: Tree, name: string) => {
        await lay(join(directory, name), { ...manifest, ...tree });
        return (await packDirectory(join(directory, name))).digest;
      };
      const digests = [
        await digest({ a: { text: 'x', run: false } }, '1'),
        await digest({ a: { text: 'x', run: true } }, '2'),
        await digest({ b: { text: 'x', run: false } }, '3'),
        await digest({ a: { text: 'y', run: false } }, '4'),
        await digest({ 'a/b': { text: 'x', run: false } }, '5'),
      ];
      expect(new Set(digests).size).toBe(5);
    });
  });

  it('holds links, empty directories and long names, and leaves .git out', async () => {
    await inTempDirectory(async (directory) => {
      const from = join(directory, 'in');
      const long = `${'d'.repeat(120)}/${'f'.repeat(150)}`;
      await lay(from, {
        ...manifest,
        'bin/tool': { text: 'x', run: true },
        [long]: { text: 'l', run: false },
        '.git/HEAD': { text: 'h', run: false },
      });
      await mkdir(join(from, 'empty'));
      await symlink('../bin/tool', join(from, 'empty/link'));
      const { archive } = await packDirectory(from);
      await unpack(archive, join(directory, 'out'));
      expect(await readlink(join(directory, 'out/empty/link'))).toBe('../bin/tool');
      expect(await readFile(join(directory, 'out', long), 'utf8')).toBe('l');
      await expect(lstat(join(directory, 'out/.git'))).rejects.toThrow('ENOENT');
      expect((await lstat(join(directory, 'out'))).mode & 0o777).toBe(0o555);
    });
  });

  it('refuses what push refuses', async () => {
    await inTempDirectory(async (directory) => {
      await lay(directory, manifest);
      await symlink('/etc/passwd', join(directory, 'out'));
      await promisify(execFile)('mkfifo', [join(directory, 'pipe')]);
      const packing = packDirectory(directory);
      await expect(packing).rejects.toThrow(PackageRefused);
      await expect(packing).rejects.toThrow('out:1: is a link that points outside');
      await expect(packing).rejects.toThrow('pipe:1: is a fifo');
    });
  });
});

describe('unpacking', () => {
  it.each([
    ['tar czf x .', ['.']],
    ['tar czf x *', ['yiqiu.yaml', 'hooks', 'copy']],
    ['tar --format=pax', ['--format=pax', '.']],
    ['tar --format=v7 is not one of ours, ustar is', ['--format=ustar', '.']],
  ])('takes what plain tar makes: %s', async (_, args) => {
    await inTempDirectory(async (directory) => {
      const from = join(directory, 'in');
      await lay(from, { ...manifest, 'hooks/start': { text: '#!/bin/sh\n', run: true } });
      await promisify(execFile)('ln', [join(from, 'hooks/start'), join(from, 'copy')]);
      const file = join(directory, 'x.tar.gz');
      await promisify(execFile)('tar', ['-C', from, '-czf', file, ...args]);
      const inspected = await inspectArchive(createReadStream(file));
      expect(inspected.problems).toEqual([]);
      expect([...inspected.files.table.entries.keys()].sort()).toEqual(['copy', 'hooks', 'hooks/start', 'yiqiu.yaml']);
      expect(inspected.files.texts.get('yiqiu.yaml')).toBe(smallManifest);
      const read = await unpack(file, join(directory, 'out'));
      expect(read).toEqual(inspected.archive);
      expect((await lstat(join(directory, 'out/hooks/start'))).mode & 0o777).toBe(0o555);
      expect(await readFile(join(directory, 'out/copy'), 'utf8')).toBe('#!/bin/sh\n');
    });
  });

  it('refuses another digest, and a target that is there, and leaves both as they were', async () => {
    await inTempDirectory(async (directory) => {
      const archive = await tarOf([{ name: 'yiqiu.yaml', text: smallManifest }]);
      const target = join(directory, 'target');
      await expect(unpack(archive, target, { digest: 'f'.repeat(64) })).rejects.toThrow('has another digest');
      await expect(lstat(target)).rejects.toThrow('ENOENT');
      await unpack(archive, target);
      await expect(unpack(archive, target)).rejects.toThrow('exists already');
      expect(await readFile(join(target, 'yiqiu.yaml'), 'utf8')).toBe(smallManifest);
    });
  });

  it('keeps no setuid bit', async () => {
    await inTempDirectory(async (directory) => {
      const archive = await tarOf([
        { name: 'yiqiu.yaml', text: smallManifest },
        { name: 'su', text: 'x', mode: 0o4755 },
      ]);
      await unpack(archive, join(directory, 'target'));
      expect((await lstat(join(directory, 'target/su'))).mode & 0o7777).toBe(0o555);
    });
  });

  it('can be removed again', async () => {
    await inTempDirectory(async (directory) => {
      const archive = await tarOf([
        { name: 'yiqiu.yaml', text: smallManifest },
        { name: 'a/b/c', text: 'x' },
      ]);
      const target = join(directory, 'target');
      await unpack(archive, target);
      await removeUnpacked(target);
      await expect(lstat(target)).rejects.toThrow('ENOENT');
      await removeUnpacked(target);
    });
  });
});
