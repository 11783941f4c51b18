import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inspectArchive } from './inspect.ts';
import { PackageRefused } from './refusal.ts';
import { inTempDirectory, smallManifest, tarOf } from './tar.fixture.ts';
import { unpack } from './unpack.ts';

const entries = [
  { name: 'yiqiu.yaml', text: smallManifest },
  { name: 'hooks/start', text: '#!/bin/sh\n', mode: 0o755 },
  { name: 'l', type: 'symlink' as const, linkname: 'hooks/start' },
  { name: 'd'.repeat(150), text: 'x'.repeat(700) },
];

type Edit = [at: number, byte: number];

function damage(bytes: Buffer, edits: readonly Edit[], cut: number): Buffer {
  const copy = Buffer.from(bytes.subarray(0, Math.max(0, bytes.length - cut)));
  for (const [at, byte] of edits) if (copy.length > 0) copy[at % copy.length] = byte;
  return copy;
}

describe('damaged archives', () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });
  const cut = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3000));

  it.each(['the gzip', 'the tar within'])(
    'are refused or whole, never half: %s',
    async (layer) => {
      const whole = await tarOf(entries);
      const inner = gunzipSync(whole);
      await fc.assert(
        fc.asyncProperty(edits, cut, async (changes, bytes) => {
          const archive =
            layer === 'the gzip' ? damage(whole, changes, bytes) : gzipSync(damage(inner, changes, bytes));
          const { problems } = await inspectArchive(archive);
          await inTempDirectory(async (directory) => {
            const target = join(directory, 'target');
            const unpacked = await unpack(archive, target).then(
              () => true,
              (error: unknown) => {
                if (!(error instanceof PackageRefused)) throw error;
                return false;
              },
            );
            expect(unpacked).toBe(problems.length === 0);
            expect(await readdir(directory)).toEqual(unpacked ? ['target'] : []);
          });
        }),
        { numRuns: 150 },
      );
    },
    120_000,
  );
});
