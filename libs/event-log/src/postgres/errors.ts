/** The parts of pg's DatabaseError that matter, by shape: classes do not compare across realms. */
interface ServerError {
  readonly code: string;
  readonly severity: string;
}

const serverError = (error: unknown): ServerError | null =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  'severity' in error &&
  typeof error.severity === 'string'
    ? { code: error.code, severity: error.severity }
    : null;

/** Connection exceptions, an administrator's or a crash's shutdown, a server that starts, no slot free. */
const passing = /^(08...|57P0[123]|53300)$/;

/**
 * True where the server itself says that it rolled the statement back. A FATAL one, or one of the connection, ends the
 * session at a moment that the client cannot place, so it says nothing.
 */
export const isDefiniteFailure = (error: unknown): boolean => {
  const server = serverError(error);
  return server !== null && server.severity === 'ERROR' && !passing.test(server.code) && server.code !== '40003';
};

const diskFull = '53100';

/** Why the server rolled a batch back, for people: what they can do something about is named. */
export const whyRefused = (error: unknown): string =>
  serverError(error)?.code === diskFull
    ? 'the disk of the database is full; it goes on by itself when there is room'
    : 'the database refused the batch';

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** What pg itself says of a lost or slow connection has no code. */
const networkMessages =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** True where the same statement may well work on another connection in a while. */
export const isUnreachable = (error: unknown): boolean => {
  const server = serverError(error);
  if (server !== null) return passing.test(server.code);
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && typeof error.code === 'string' && networkCodes.has(error.code)) return true;
  return 'message' in error && networkMessages.test(String(error.message));
};
