import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { accept, refuse } from '@yiqiu/kernel';
import { valid } from 'semver';
import { changed, unchanged } from '../answers.ts';
import type { JsonMap } from '../json-text.ts';
import type { ServiceState } from '../state.ts';
import { programOfRef } from '../state.ts';
import { programManifestInvalid, programVersionExists } from './errors.ts';
import { manifestView } from './manifest-view.ts';
import { programRefOf } from './state.ts';

/** An archive that the shell has verified, stored and signed. */
export type PushProgram = Command<
  'PushProgram',
  {
    readonly name: string;
    readonly version: string;
    /** SHA-256 of the archive, hex. */
    readonly digest: string;
    readonly sizeBytes: number;
    readonly signature: string;
    /** As `@yiqiu/program` normalises it. */
    readonly manifest: JsonMap;
  }
>;

/** The same archive again changes nothing. Refuses: program-version-exists, program-manifest-invalid. */
export const pushProgram = (state: ServiceState, { data }: PushProgram, ctx: Ctx): Decision<ServiceContextEvent> => {
  const ref = programRefOf(data);
  const known = programOfRef(state, ref);
  if (known !== null) {
    return known.digest === data.digest
      ? accept([], unchanged(ref, known.uid))
      : refuse(programVersionExists(ref, data.digest, known.digest));
  }
  if (valid(data.version) !== data.version)
    return refuse(programManifestInvalid(ref, 'version is no semantic version'));
  const manifest = manifestView.safeParse(data.manifest);
  if (!manifest.success) return refuse(programManifestInvalid(ref, manifest.error.issues[0]?.message ?? 'unreadable'));
  const uid = ctx.uuid();
  return accept(
    [{ stream: `program/${uid}`, type: 'ProgramPushed', version: 1, data: { uid, ...data } }],
    changed(ref, uid),
  );
};
