import { service } from '@yiqiu/contracts/grpc';
import { eventLogServices, readSecret, startService } from '@yiqiu/platform-kit';
import type { Logger, RunningService } from '@yiqiu/platform-kit';
import { AppModule } from './app.module.ts';
import type { ServicePlatformConfig } from './config.ts';

/** Starts the service of context `service`. Throws where an address is taken, or PostgreSQL or NATS does not come. */
export const startServicePlatform = (config: ServicePlatformConfig, logger: Logger): Promise<RunningService> => {
  const secret = readSecret(config.secretFile);
  return startService({
    name: 'service-platform',
    module: AppModule.of(config, secret),
    grpcBind: config.grpcBind,
    httpBind: config.httpBind,
    secret,
    services: {
      ...eventLogServices,
      'yiqiu.service.v1.ServicePlatformService': service.ServicePlatformServiceService,
    },
    logger,
  });
};
