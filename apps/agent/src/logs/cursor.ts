/** Which byte comes next: of a file by its identity, of one of its numbers (it goes on as the next one when it is set aside). */
export interface Cursor {
  /** {@link noFile}, or the file's inode and birth. */
  readonly file: string;
  readonly number: number;
  readonly offset: number;
}

/** Of a log that was not there yet: whatever comes is new. */
export const noFile = '-';

const form = /^(-|[0-9a-z]{1,16}-[0-9a-z]{1,16})\.([1-9]\d{0,9})\.(\d{1,15})$/;

export const cursorText = ({ file, number, offset }: Cursor): string => `${file}.${number}.${offset}`;

/** Null where it is none. */
export const parseCursor = (text: string): Cursor | null => {
  const [, file, number, offset] = form.exec(text) ?? [];
  if (file === undefined || number === undefined || offset === undefined) return null;
  return { file, number: Number(number), offset: Number(offset) };
};
