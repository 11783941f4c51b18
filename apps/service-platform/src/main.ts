import 'reflect-metadata';
import { createLogger, readConfig, runService } from '@yiqiu/platform-kit';
import { servicePlatformSettings } from './config.ts';
import { startServicePlatform } from './start.ts';

await runService(async () => {
  const config = readConfig(servicePlatformSettings, { env: process.env, argv: process.argv.slice(2) });
  const logger = createLogger({ name: 'service-platform', level: config.logLevel });
  return { service: await startServicePlatform(config, logger), logger };
});
