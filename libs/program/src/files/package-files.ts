import { isUtf8 } from 'node:buffer';
import type { EntryTable } from './entries.ts';

/** The files of a package that is being checked: what is there, and the text of those that are read. */
export interface PackageFiles {
  table: EntryTable;
  /** By path: manifest, README and what is under `templates/`; null: too large, or not UTF-8. */
  texts: ReadonlyMap<string, string | null>;
}

/** Text without its byte order mark, null where the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array): string | null {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : null;
}
