import { refusal, RefusedError } from '@yiqiu/kernel';

/** Characters of a cursor as a client gives it. */
export const cursorLengthMax = 1_024;

const prefix = 'after:';

/** Where the next page begins: after this key. Opaque for clients. */
export const encodeCursor = (lastKey: string): string =>
  Buffer.from(`${prefix}${lastKey}`, 'utf8').toString('base64url');

/** The key of {@link encodeCursor}; '' (before all) for an empty cursor. Throws RefusedError (malformed) on another text. */
export const decodeCursor = (cursor: string): string => {
  if (cursor === '') return '';
  const text = cursor.length > cursorLengthMax ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
  if (text.startsWith(prefix) && encodeCursor(text.slice(prefix.length)) === cursor) return text.slice(prefix.length);
  throw new RefusedError(
    refusal('malformed', 'cursor-malformed', 'the cursor is not one that a list gave as `next`', {
      errors: [{ field: 'cursor', value: cursor.slice(0, 100), allowed: '`next` of the page before' }],
    }),
  );
};
