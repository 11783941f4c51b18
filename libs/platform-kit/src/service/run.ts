import type { Logger } from 'pino';
import { ConfigError } from '../config/index.ts';
import { onStopSignal } from '../signals/index.ts';
import type { RunningService } from './start.ts';

/** How long a process may take to stop before it ends anyway, with exit code 1. */
export const stopMaxMs = 20_000;

/**
 * A process's main: starts, runs until SIGINT or SIGTERM, stops in order, exits 0. A bad configuration exits 2 with each
 * problem on stderr; a start that fails, or a stop that takes longer than {@link stopMaxMs}, exits 1. A second signal, by
 * a person who insists, ends it at once.
 */
export const runService = async (
  start: () => Promise<{ readonly service: RunningService; readonly logger: Logger }>,
): Promise<void> => {
  const asked = Promise.withResolvers<string>();
  onStopSignal(asked.resolve, () => process.exit(1));
  try {
    const { service, logger } = await start();
    logger.info({ signal: await asked.promise }, 'asked to stop');
    const late = setTimeout(() => {
      logger.fatal({ stopMaxMs }, 'could not stop in time');
      process.exit(1);
    }, stopMaxMs);
    await service.stop();
    clearTimeout(late);
    process.exit(0);
  } catch (error) {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(error instanceof ConfigError ? 2 : 1);
  }
};
