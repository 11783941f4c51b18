import { createLogger, readConfig, runService } from '@yiqiu/platform-kit';
import { resourcePlatformSettings } from './config.ts';
import { startResourcePlatform } from './start.ts';

await runService(async () => {
  const config = readConfig(resourcePlatformSettings, { env: process.env, argv: process.argv.slice(2) });
  const logger = createLogger({ name: 'resource-platform', level: config.logLevel });
  return { service: await startResourcePlatform(config, logger), logger };
});
