import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Severity = 'debug' | 'error' | 'fatal' | 'info' | 'trace' | 'warn';

/** Nest's log, written by pino. Nest gives its context (a class name) as the last argument. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown, ...more: unknown[]): void {
    this.#write('info', message, more);
  }
  error(message: unknown, ...more: unknown[]): void {
    this.#write('error', message, more);
  }
  warn(message: unknown, ...more: unknown[]): void {
    this.#write('warn', message, more);
  }
  debug(message: unknown, ...more: unknown[]): void {
    this.#write('debug', message, more);
  }
  verbose(message: unknown, ...more: unknown[]): void {
    this.#write('trace', message, more);
  }
  fatal(message: unknown, ...more: unknown[]): void {
    this.#write('fatal', message, more);
  }

  #write(severity: Severity, message: unknown, more: readonly unknown[]): void {
    const last = more.at(-1);
    const fields: { context?: string; err?: Error; stack?: string; detail?: unknown } = {};
    if (typeof last === 'string') fields.context = last;
    const rest = typeof last === 'string' ? more.slice(0, -1) : more;
    const stack = rest.find((part): part is string => typeof part === 'string' && part.includes('\n'));
    if (stack !== undefined) fields.stack = stack;
    if (message instanceof Error) fields.err = message;
    else if (typeof message === 'object' && message !== null) fields.detail = message;
    this.#logger[severity](
      fields,
      message instanceof Error ? message.message : typeof message === 'string' ? message : severity,
    );
  }
}
