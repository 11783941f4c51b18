import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { LogLevel } from '../config/index.ts';

export interface LoggerOptions {
  /** Name of the process, in every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Defaults to stdout. */
  readonly to?: DestinationStream;
}

/** What must never stand in a log, wherever it turns up in an entry. */
const redact = ['secret', 'token', 'password', 'authorization', '*.secret', '*.token', '*.password', '*.authorization'];

/** One JSON line an entry, to stdout: `{ level, time (ISO 8601 UTC), name, msg, … }`. */
export const createLogger = ({ name, level, to }: LoggerOptions): Logger =>
  pino(
    {
      name,
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redact, censor: '(secret)' },
    },
    to ?? pino.destination({ fd: 1, sync: true }),
  ).child({ name });
