import { logTextBytesMax } from '@yiqiu/contracts';
import { cursorText, parseCursor, type Cursor } from './cursor.ts';
import { nowhere, openLog, type OpenLog } from './segments.ts';
import { startOfFirst, startOfLast, unfinished } from './text.ts';

export interface LogPiece {
  readonly text: string;
  /** Some of what was asked for is not in it. */
  readonly truncated: boolean;
  /** There is more behind the cursor than half a character. */
  readonly more: boolean;
  readonly cursor: string;
  /** ms since the epoch; null: there is no such file. */
  readonly writtenAt: number | null;
}

/** Thrown where a cursor is none of ours. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

/**
 * The last `lines` lines, or what has come since the cursor, at most `bytesMax` bytes of text. Throws {@link CursorError}, and
 * where something that is no plain file has the log's name.
 */
export const readLog = (
  path: string,
  { lines, cursor }: { readonly lines: number; readonly cursor: string | null },
  bytesMax = logTextBytesMax,
): LogPiece => {
  const from = cursor === null ? null : parseCursor(cursor);
  if (cursor !== null && from === null) throw new CursorError(`"${cursor}" is no cursor of a log`);
  const log = openLog(path);
  if (log === null) {
    return { text: '', truncated: false, more: false, cursor: cursorText(nowhere), writtenAt: null };
  }
  try {
    return from === null ? lastLines(log, lines, bytesMax) : since(log, from, bytesMax);
  } finally {
    log.close();
  }
};

const lastLines = (log: OpenLog, lines: number, bytesMax: number): LogPiece => {
  const { end } = log;
  const begin = Math.max(0, end - bytesMax);
  const bytes = log.read(begin, end);
  const wanted = startOfLast(bytes, lines);
  const isCut = wanted === -1 && begin > 0;
  let start = wanted === -1 ? (isCut ? startOfFirst(bytes) : 0) : wanted;
  const stop = bytes.length - unfinished(bytes);
  let text = bytes.toString('utf8', start, stop);
  let truncated = isCut;
  // What is no UTF-8 takes three bytes a byte: a third of it fits.
  if (Buffer.byteLength(text) > bytesMax) {
    start = Math.max(start, stop - Math.floor(bytesMax / 3));
    start += startOfFirst(bytes.subarray(start, stop));
    text = bytes.toString('utf8', start, stop);
    truncated = true;
  }
  return pieceOf(log, text, truncated, begin + stop, false);
};

const since = (log: OpenLog, from: Cursor, bytesMax: number): LogPiece => {
  const { at, lost } = log.positionOf(from);
  const bytes = log.read(at, Math.min(log.end, at + bytesMax));
  const rest = unfinished(bytes);
  let stop = bytes.length - rest;
  if (Buffer.byteLength(bytes.toString('utf8', 0, stop)) > bytesMax) {
    stop = Math.floor(bytesMax / 3);
    stop -= unfinished(bytes.subarray(0, stop));
  }
  return pieceOf(log, bytes.toString('utf8', 0, stop), lost, at + stop, at + stop + rest < log.end);
};

const pieceOf = (log: OpenLog, text: string, truncated: boolean, position: number, more: boolean): LogPiece => ({
  text,
  truncated,
  more,
  cursor: cursorText(log.cursorAt(position)),
  writtenAt: log.writtenAt,
});
