import 'reflect-metadata';
import { createLogger, readConfig, runService } from '@yiqiu/platform-kit';
import { machineManagerSettings } from './config.ts';
import { startMachineManager } from './start.ts';

await runService(async () => {
  const config = readConfig(machineManagerSettings, { env: process.env, argv: process.argv.slice(2) });
  const logger = createLogger({ name: 'machine-manager', level: config.logLevel });
  return { service: await startMachineManager(config, logger), logger };
});
