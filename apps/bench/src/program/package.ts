import { pack } from '@yiqiu/program';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programDir } from '../checkout.ts';

/** Of random bytes, so that packing makes it no smaller. */
const payloadBytes = 4 * 1024 * 1024;

export interface BuiltProgram {
  readonly version: string;
  /** As `push` sends it. */
  readonly archive: Uint8Array<ArrayBuffer>;
  /** The same, unpacked. */
  readonly dir: string;
}

/** The bench's program in a version, with a payload that no machine has yet. `dir` is made. */
export const buildProgram = async (version: string, dir: string): Promise<BuiltProgram> => {
  cpSync(programDir, dir, { recursive: true });
  const payload = randomBytes(payloadBytes);
  writeFileSync(join(dir, 'payload'), payload);
  writeFileSync(join(dir, 'payload.sha256'), `${createHash('sha256').update(payload).digest('hex')}  payload\n`);
  const manifest = join(dir, 'yiqiu.yaml');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/^version: .*$/m, `version: ${version}`));
  const packed = await pack(dir);
  if ('problems' in packed)
    throw new Error(`${programDir} is no package: ${packed.problems.map(({ reason }) => reason).join('; ')}`);
  return { version, archive: new Uint8Array(packed.archive), dir };
};
