import { manifestBytesMax, manifestPath, readmeBytesMax, readmePath, templatesFolder, textBytesMax } from './limits.ts';
import { templateCharactersMax } from '../template/limits.ts';
import { decodeText } from './package-files.ts';

/** Keeps the text of the few files that a check reads, within a bound for all of them together. */
export class TextKeeper {
  readonly texts = new Map<string, string | null>();
  #bytesLeft = textBytesMax;

  /** How many bytes of this file are wanted, null: none. A larger file counts as having no text. */
  wanted(path: string): number | null {
    if (path === manifestPath) return manifestBytesMax;
    if (path === readmePath) return readmeBytesMax;
    // A character is at most four bytes; the template's own limit counts characters.
    return path.startsWith(templatesFolder) ? Math.min(templateCharactersMax * 4, this.#bytesLeft) : null;
  }

  /** `bytes` null: it was larger than wanted. */
  keep(path: string, bytes: Uint8Array | null): void {
    this.#bytesLeft -= bytes?.length ?? 0;
    this.texts.set(path, bytes === null ? null : decodeText(bytes));
  }
}
