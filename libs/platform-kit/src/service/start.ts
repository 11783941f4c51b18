import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Logger } from 'pino';
import type { Address } from '../config/index.ts';
import { addressText } from '../config/index.ts';
import { GrpcErrorFilter, GrpcMetrics, grpcServer, SecretGuard } from '../grpc/index.ts';
import type { GrpcServices } from '../grpc/index.ts';
import { createMetrics, HealthModule, Readiness, startHealthServer } from '../health/index.ts';
import { LoggingModule, NestLogger } from '../logging/index.ts';
import { LifecycleModule } from './lifecycle.ts';

export interface ServiceOptions {
  readonly name: string;
  readonly module: Type | DynamicModule;
  readonly grpcBind: Address;
  readonly httpBind: Address;
  readonly secret: string;
  readonly services: GrpcServices;
  readonly logger: Logger;
}

export interface RunningService {
  readonly readiness: Readiness;
  /** Where health is served. */
  readonly http: Address;
  /** Ends calls, then modules, then health. Called again it gives the same promise. */
  stop(): Promise<void>;
}

/** How long calls that run at a stop may go on. */
export const drainMs = 5_000;

@Module({})
class ServiceRoot {}

/**
 * Starts a Nest gRPC service: health first, then modules, then gRPC. While its context rebuilds it serves already and
 * answers `unavailable`; `/readyz` says when it is ready. Throws where an address is taken or a module cannot start.
 */
export const startService = async (options: ServiceOptions): Promise<RunningService> => {
  const { name, module, logger } = options;
  const readiness = new Readiness();
  const metrics = createMetrics(name);
  const stopping = new AbortController();
  const health = await startHealthServer({ bind: options.httpBind, readiness, metrics });
  const server = grpcServer(options.grpcBind, options.services);
  const root: DynamicModule = {
    module: ServiceRoot,
    imports: [
      LoggingModule.of(logger),
      HealthModule.of(readiness, metrics),
      LifecycleModule.of(stopping.signal),
      module,
    ],
  };
  const app = await NestFactory.createMicroservice(root, {
    ...server.options,
    logger: new NestLogger(logger),
    abortOnError: false,
  }).catch(async (error: unknown) => {
    await health.close();
    throw error;
  });
  app.useGlobalGuards(new SecretGuard(options.secret));
  app.useGlobalInterceptors(new GrpcMetrics(metrics));
  app.useGlobalFilters(new GrpcErrorFilter(logger));

  const shutDown = async (): Promise<void> => {
    logger.info('stopping');
    stopping.abort();
    const late = setTimeout(() => {
      logger.warn({ drainMs }, 'calls still run; they are cut off');
      server.forceShutdown();
    }, drainMs);
    try {
      await app.close();
    } finally {
      clearTimeout(late);
      await health.close();
    }
    logger.info('stopped');
  };
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= shutDown());

  try {
    await app.listen();
  } catch (error) {
    await stop();
    throw error;
  }
  logger.info({ grpc: addressText(options.grpcBind), http: addressText(health.address) }, 'serving');
  return { readiness, http: health.address, stop };
};
