import { readFileSync } from 'node:fs';
import { ConfigError, createLogger, onStopSignal, readConfig, readSecret } from '@yiqiu/platform-kit';
import { Backends } from './backends/backends.ts';
import { gatewaySettings } from './config.ts';
import { startGateway } from './start.ts';

const main = async (): Promise<void> => {
  const config = readConfig(gatewaySettings, { env: process.env, argv: process.argv.slice(2) });
  const logger = createLogger({ name: 'gateway', level: config.logLevel });
  const backends = new Backends(config, readSecret(config.secretFile));
  const token = readFileSync(config.tokenFile, 'utf8').trim();
  const app = await startGateway({ bind: config.bind, token, backends, logger });
  const asked = Promise.withResolvers<string>();
  onStopSignal(asked.resolve, () => process.exit(1));
  logger.info({ signal: await asked.promise }, 'asked to stop');
  await app.close();
  process.exit(0);
};

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(error instanceof ConfigError ? 2 : 1);
});
