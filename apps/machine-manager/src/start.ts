import { machine } from '@yiqiu/contracts/grpc';
import { eventLogServices, readSecret, startService } from '@yiqiu/platform-kit';
import type { Logger, RunningService } from '@yiqiu/platform-kit';
import { AppModule } from './app.module.ts';
import type { MachineManagerConfig } from './config.ts';

/** Starts the service of context `machine`. Throws where an address is taken, or PostgreSQL or NATS does not come. */
export const startMachineManager = (config: MachineManagerConfig, logger: Logger): Promise<RunningService> => {
  const secret = readSecret(config.secretFile);
  return startService({
    name: 'machine-manager',
    module: AppModule.of(config, secret),
    grpcBind: config.grpcBind,
    httpBind: config.httpBind,
    secret,
    services: { ...eventLogServices, 'yiqiu.machine.v1.MachineService': machine.MachineServiceService },
    logger,
  });
};
