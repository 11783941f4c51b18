import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { openPlainFile, setAsideOf } from '../layout/index.ts';
import { noFile, type Cursor } from './cursor.ts';

interface Segment {
  readonly file: number;
  readonly number: number;
  readonly size: number;
}

/** A log as one sequence of bytes: what was set aside, then the file. Closed by whoever opened it. */
export class OpenLog {
  readonly #segments: readonly Segment[];
  /** Of the file itself: its inode and birth. */
  readonly file: string;
  /** ms since the epoch. */
  readonly writtenAt: number;

  constructor(segments: readonly Segment[], file: string, writtenAt: number) {
    this.#segments = segments;
    this.file = file;
    this.writtenAt = writtenAt;
  }

  /** Bytes that are there. */
  get end(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** Where a cursor points, and whether what it would have gone on with is gone. */
  positionOf({ file, number, offset }: Cursor): { readonly at: number; readonly lost: boolean } {
    if (file !== this.file) return { at: 0, lost: false };
    let before = 0;
    for (const segment of this.#segments) {
      if (segment.number === number) {
        // Emptied by somebody else: what there is, is new.
        return offset <= segment.size ? { at: before + offset, lost: false } : { at: before, lost: true };
      }
      before += segment.size;
    }
    return { at: 0, lost: true };
  }

  cursorAt(position: number): Cursor {
    let before = 0;
    for (const { number, size } of this.#segments.slice(0, -1)) {
      if (position < before + size) return { file: this.file, number, offset: position - before };
      before += size;
    }
    return { file: this.file, number: this.#segments.at(-1)?.number ?? 1, offset: position - before };
  }

  read(from: number, to: number): Buffer {
    let before = 0;
    const pieces: Buffer[] = [];
    for (const { file, size } of this.#segments) {
      const start = Math.max(0, from - before);
      const length = Math.min(size, to - before) - start;
      if (length > 0) pieces.push(pieceOf(file, start, length));
      before += size;
    }
    return Buffer.concat(pieces);
  }

  close(): void {
    for (const { file } of this.#segments) closeSync(file);
  }
}

/** Null where it has printed nothing yet. Throws where one of the files is no plain file. */
export const openLog = (path: string): OpenLog | null => {
  const own = openPlainFile(path, constants.O_RDONLY);
  if (own === null) return null;
  const opened = [own];
  try {
    const [aside] = setAsideOf(path).slice(-1);
    const older = aside === undefined ? null : openPlainFile(aside.path, constants.O_RDONLY);
    if (older !== null) opened.unshift(older);
    const { ino, birthtimeNs, size, mtimeMs } = fstatSync(own, { bigint: true });
    const number = (aside?.number ?? 0) + 1;
    const segments = [
      ...(older === null ? [] : [{ file: older, number: number - 1, size: fstatSync(older).size }]),
      { file: own, number, size: Number(size) },
    ];
    return new OpenLog(segments, `${ino.toString(36)}-${birthtimeNs.toString(36)}`, Number(mtimeMs));
  } catch (error) {
    for (const file of opened) closeSync(file);
    throw error;
  }
};

/** Where nothing is there, whatever comes is new. */
export const nowhere: Cursor = { file: noFile, number: 1, offset: 0 };

const pieceOf = (file: number, start: number, length: number): Buffer => {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  for (let bytes = 1; bytes > 0 && filled < length; filled += bytes) {
    bytes = readSync(file, buffer, filled, length - filled, start + filled);
  }
  return buffer.subarray(0, filled);
};
