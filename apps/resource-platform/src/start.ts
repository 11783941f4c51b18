import { resource } from '@yiqiu/contracts/grpc';
import { eventLogServices, readSecret, startService } from '@yiqiu/platform-kit';
import type { Logger, RunningService } from '@yiqiu/platform-kit';
import { AppModule } from './app.module.ts';
import type { ResourcePlatformConfig } from './config.ts';

/** Starts the service of context `resource`. Throws where an address is taken, or PostgreSQL or NATS does not come. */
export const startResourcePlatform = (config: ResourcePlatformConfig, logger: Logger): Promise<RunningService> => {
  const secret = readSecret(config.secretFile);
  return startService({
    name: 'resource-platform',
    module: AppModule.of(config, secret),
    grpcBind: config.grpcBind,
    httpBind: config.httpBind,
    secret,
    services: { ...eventLogServices, 'yiqiu.resource.v1.ResourceService': resource.ResourceServiceService },
    logger,
  });
};
