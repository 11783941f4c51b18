import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ContextModule } from '@yiqiu/platform-kit';
import { resourceDomain } from '@yiqiu/resource-domain';
import type { ResourcePlatformConfig } from './config.ts';
import { ContainerController } from './container.controller.ts';
import { PackageController } from './package.controller.ts';

/** Context `resource` over gRPC. */
@Module({})
export class AppModule {
  static of(config: ResourcePlatformConfig, secret: string): DynamicModule {
    const { databaseUrl, natsUrl, natsCreds, machine, resource, service } = config;
    return {
      module: AppModule,
      imports: [
        ContextModule.forDomain({
          service: 'resource-platform',
          domain: resourceDomain,
          peers: { machine, resource, service },
          ...{ databaseUrl, natsUrl, natsCreds, secret },
        }),
      ],
      controllers: [PackageController, ContainerController],
    };
  }
}
