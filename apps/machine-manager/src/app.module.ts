import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { machineDomain } from '@yiqiu/machine-domain';
import { openAgentIssuer } from '@yiqiu/messaging';
import { ContextModule, readSecret } from '@yiqiu/platform-kit';
import type { MachineManagerConfig } from './config.ts';
import { MachineController, type Joining } from './machine.controller.ts';
import { PoolController } from './pool.controller.ts';
import { JOINING, TIMING } from './tokens.ts';

/** Context `machine` over gRPC. */
@Module({})
export class AppModule {
  static of(config: MachineManagerConfig, secret: string): DynamicModule {
    const { databaseUrl, natsUrl, natsCreds, machine, resource, service } = config;
    const joining: Joining = {
      joinKey: readSecret(config.joinKeyFile),
      issuer: openAgentIssuer(config.authorityDir),
      agentNatsUrl: config.agentNatsUrl,
    };
    return {
      module: AppModule,
      imports: [
        ContextModule.forDomain({
          service: 'machine-manager',
          domain: machineDomain,
          peers: { machine, resource, service },
          ...{ databaseUrl, natsUrl, natsCreds, secret },
        }),
      ],
      controllers: [PoolController, MachineController],
      providers: [
        { provide: TIMING, useValue: config.timing },
        { provide: JOINING, useValue: joining },
      ],
    };
  }
}
