import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { BearerGuard, TOKEN } from './auth/guard.ts';
import { Backends } from './backends/backends.ts';
import { HealthRoutes } from './routes/health.ts';
import { InitStrategyRoutes, MachineRoutes, PoolRoutes } from './routes/machines.ts';
import { ContainerRoutes, PackageRoutes } from './routes/packages.ts';

/** REST of the machine and resource layers; the service layer's routes come with its service (docs/roadmap.md). */
@Module({})
export class GatewayModule implements OnApplicationShutdown {
  constructor(private readonly backends: Backends) {}

  static of(backends: Backends, token: string): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [HealthRoutes, PoolRoutes, InitStrategyRoutes, MachineRoutes, PackageRoutes, ContainerRoutes],
      providers: [
        { provide: Backends, useValue: backends },
        { provide: TOKEN, useValue: token },
        { provide: APP_GUARD, useClass: BearerGuard },
      ],
    };
  }

  onApplicationShutdown(): void {
    this.backends.close();
  }
}
