import { Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Registry } from 'prom-client';
import { BearerGuard, TOKEN } from './auth/guard.ts';
import { Backends } from './backends/backends.ts';
import { QueryGuard } from './http/query.guard.ts';
import { HealthRoutes } from './routes/health.ts';
import { AgentRoutes } from './routes/agents.ts';
import { ContainerRoutes, ResourceServiceRoutes } from './routes/containers.ts';
import { EventRoutes } from './routes/events.ts';
import { FenceRoutes } from './routes/fences.ts';
import { GroupRoutes } from './routes/groups.ts';
import { InitStrategyRoutes } from './routes/init-strategies.ts';
import { MachineRoutes } from './routes/machines.ts';
import { OperationRoutes } from './routes/operations.ts';
import { PackageRoutes } from './routes/packages.ts';
import { PoolRoutes } from './routes/pools.ts';
import { ProgramRoutes } from './routes/programs.ts';
import { DataRoutes } from './routes/data.ts';
import { DeploymentRoutes } from './routes/deployments.ts';
import { RelationRoutes } from './routes/relations.ts';
import { ServiceVerbRoutes } from './routes/service-verbs.ts';
import { AllServiceRoutes, ServiceRoutes } from './routes/services.ts';
import { StatusRoutes } from './routes/status.ts';
import { AlarmRoutes, TicketRoutes } from './routes/tickets.ts';
import { UnitLogRoutes } from './routes/unit-logs.ts';
import { AllUnitRoutes, UnitRoutes } from './routes/units.ts';

const routes = [
  ...[HealthRoutes, AgentRoutes, StatusRoutes, EventRoutes],
  ...[PoolRoutes, InitStrategyRoutes, MachineRoutes, TicketRoutes, AlarmRoutes, FenceRoutes],
  ...[PackageRoutes, ContainerRoutes, ResourceServiceRoutes],
  ...[ProgramRoutes, GroupRoutes, AllServiceRoutes, ServiceRoutes],
  ...[AllUnitRoutes, UnitRoutes, UnitLogRoutes],
  ...[ServiceVerbRoutes, RelationRoutes, DeploymentRoutes, OperationRoutes, DataRoutes],
];

/** REST of the three layers. */
@Module({})
export class GatewayModule implements OnApplicationShutdown {
  constructor(private readonly backends: Backends) {}

  static of(backends: Backends, token: string, metrics: Registry): DynamicModule {
    return {
      module: GatewayModule,
      controllers: routes,
      providers: [
        { provide: Backends, useValue: backends },
        { provide: TOKEN, useValue: token },
        { provide: Registry, useValue: metrics },
        { provide: APP_GUARD, useClass: BearerGuard },
        { provide: APP_GUARD, useClass: QueryGuard },
      ],
    };
  }

  onApplicationShutdown(): void {
    this.backends.close();
  }
}
