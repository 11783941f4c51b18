/** What an agent says of itself goes to stdout, one JSON object a line; fields are the caller's. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = { readonly [key: string]: string | number | boolean | null | undefined };

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Characters of one field, at most. */
const fieldCharactersMax = 2_000;

const line = (level: string, message: string, fields: LogFields): string => {
  const short = Object.entries(fields).map(([key, value]) => [
    // The line has a message of its own.
    key === 'message' ? 'detail' : key,
    typeof value === 'string' ? value.slice(0, fieldCharactersMax) : value,
  ]);
  return `${JSON.stringify({ time: new Date().toISOString(), level, message, ...Object.fromEntries(short) })}\n`;
};

/** Small on purpose: pino's transports and serializers are a megabyte that every machine would carry for these lines. */
export const jsonLog = (write: (text: string) => void): Log => ({
  info: (message, fields = {}) => write(line('info', message, fields)),
  warn: (message, fields = {}) => write(line('warn', message, fields)),
  error: (message, fields = {}) => write(line('error', message, fields)),
});
