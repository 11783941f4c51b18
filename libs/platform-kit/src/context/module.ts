import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { log } from '@yiqiu/contracts/grpc';
import type { Command, NewEvent } from '@yiqiu/kernel';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { GrpcServices } from '../grpc/index.ts';
import { Readiness } from '../health/index.ts';
import { LOGGER } from '../logging/index.ts';
import { ContextHost } from './context-host.ts';
import { EventLogController } from './event-log.controller.ts';
import { openAll } from './open.ts';
import type { OpenedContext } from './open.ts';
import type { ContextModuleOptions } from './options.ts';
import { runtimeReports } from './reports.ts';
import { EVENT_LOG, NATS_LINK, PEERS, RUNTIME } from './tokens.ts';

/** Served by {@link ContextModule}: to be among a service's `services`. */
export const eventLogServices: GrpcServices = { 'yiqiu.log.v1.EventLogService': log.EventLogServiceService };

const OPENED = Symbol('yiqiu:opened-context');

/**
 * A context at work, for everything in the process: `RUNTIME`, `EVENT_LOG`, `NATS_LINK`, `PEERS`, readiness, metrics, and
 * its log over gRPC. Needs what `startService` provides.
 */
@Module({})
export class ContextModule {
  static forDomain<S, C extends Command, E extends NewEvent>(options: ContextModuleOptions<S, C, E>): DynamicModule {
    type Opened = OpenedContext<S, C, E>;
    const part = <T>(token: symbol, of: (opened: Opened) => T) => ({
      provide: token,
      inject: [OPENED],
      useFactory: of,
    });
    return {
      module: ContextModule,
      global: true,
      controllers: [EventLogController],
      providers: [
        {
          provide: OPENED,
          inject: [LOGGER, Registry],
          useFactory: (logger: Logger, metrics: Registry) => openAll(options, logger, runtimeReports(logger, metrics)),
        },
        {
          provide: ContextHost,
          inject: [OPENED, LOGGER, Readiness, Registry],
          useFactory: (opened: Opened, logger: Logger, readiness: Readiness, metrics: Registry) =>
            new ContextHost(opened, logger, readiness, metrics),
        },
        part(RUNTIME, ({ runtime }) => runtime),
        part(EVENT_LOG, ({ log: eventLog }) => eventLog),
        part(NATS_LINK, ({ nats }) => nats),
        part(PEERS, ({ peers }) => peers),
      ],
      exports: [RUNTIME, EVENT_LOG, NATS_LINK, PEERS],
    };
  }
}
