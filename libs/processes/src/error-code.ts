/**
 * The `code` of a system error, as ENOENT, or undefined. Looks at the shape and not at the class: under jest Node's own
 * errors are of another realm, and `instanceof Error` is false.
 */
export const errorCode = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** The message of whatever was thrown. */
export const errorMessage = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
