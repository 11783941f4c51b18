export { createLogger } from './logger.ts';
export type { LoggerOptions } from './logger.ts';
export { NestLogger } from './nest.ts';
export { LOGGER, LoggingModule } from './module.ts';
export type { Logger } from 'pino';
