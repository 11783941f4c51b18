import { pathBytesMax, segmentBytesMax } from './limits.ts';

export type CheckedPath = { path: string } | { reason: string };

/** Characters that no path of a package has: controls, and what an undecodable byte becomes. */
const strange = /[\u0000-\u001f\u007f\ufffd]/;

/**
 * The path of an archive entry in its one normal form (`./a//b/` is `a/b`), `""` for the root itself, or why it is refused.
 */
export function checkPath(name: string): CheckedPath {
  if (name.startsWith('/')) return { reason: 'is absolute' };
  if (strange.test(name)) return { reason: 'has control characters or is not UTF-8' };
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return { reason: 'climbs out with ".."' };
  if (segments.some((segment) => Buffer.byteLength(segment) > segmentBytesMax)) {
    return { reason: `has a name longer than ${segmentBytesMax} bytes` };
  }
  const path = segments.join('/');
  if (Buffer.byteLength(path) > pathBytesMax) return { reason: `is longer than ${pathBytesMax} bytes` };
  return { path };
}

/** `a/b/c` → `a`, `a/b`. */
export function ancestorsOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

export function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** A path that the manifest gives, relative to the unit's home or to the package. */
export function checkRelativePath(name: string): CheckedPath {
  if (name === '') return { reason: 'is empty' };
  const checked = checkPath(name);
  if ('reason' in checked) return checked;
  if (checked.path === '') return { reason: 'names the directory itself' };
  if (checked.path !== name) return { reason: `is not in its plain form, "${checked.path}"` };
  return checked;
}
