import type { DomainError } from '@yiqiu/kernel';
import { refusal } from '@yiqiu/kernel';

/** 409: a version once pushed never changes. */
export const programVersionExists = (ref: string, digest: string, known: string): DomainError =>
  refusal(
    'conflict',
    'program-version-exists',
    `${ref} exists with digest ${known}, the archive has ${digest}; a version once pushed never changes: raise the version`,
    { errors: [{ field: 'version', value: ref, allowed: 'a version that is not pushed yet' }] },
  );

/** 422 */
export const programManifestInvalid = (ref: string, message: string): DomainError =>
  refusal('invalid', 'program-manifest-invalid', `the manifest of ${ref} is not a normalised one: ${message}`);

/** 404 */
export const programUnknown = (ref: string): DomainError =>
  refusal('not-found', 'program-unknown', `there is no program ${ref}`, { next: 'yiqiu program list' });
