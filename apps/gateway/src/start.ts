import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createMetrics, NestLogger, type Address, type Logger } from '@yiqiu/platform-kit';
import type { FastifyReply } from 'fastify';
import type { Backends } from './backends/backends.ts';
import { GatewayModule } from './gateway.module.ts';
import { takeYamlAndArchives } from './http/body-parsers.ts';
import { described } from './openapi/describe.ts';
import { countRequests } from './http/metrics.ts';
import { ProblemFilter } from './http/problem.filter.ts';

/** Letters of one part of a path, at most; longer ones are no names of ours. */
const nameLengthMax = 500;
/** Bytes of a JSON body, at most. */
const bodyBytesMax = 8 * 1024 * 1024;

export interface GatewayOptions {
  readonly bind: Address;
  readonly token: string;
  readonly backends: Backends;
  readonly logger: Logger;
}

/** Starts REST, with its OpenAPI at /api/openapi.json and readable at /api/docs. Throws where the address is taken. */
export const startGateway = async ({
  bind,
  token,
  backends,
  logger,
}: GatewayOptions): Promise<NestFastifyApplication> => {
  const filter = new ProblemFilter(logger);
  const metrics = createMetrics('gateway');
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.of(backends, token, metrics),
    new FastifyAdapter({
      bodyLimit: bodyBytesMax,
      forceCloseConnections: true,
      routerOptions: { maxParamLength: nameLengthMax },
      frameworkErrors: (error: unknown, _request: unknown, reply: FastifyReply) => filter.send(error, reply),
    }),
    { logger: new NestLogger(logger), abortOnError: false },
  );
  takeYamlAndArchives(app);
  countRequests(app, metrics);
  app.useGlobalFilters(filter);
  const description = new DocumentBuilder()
    .setTitle('yiqiu')
    .setVersion('v1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .build();
  SwaggerModule.setup('api/docs', app, () => described(SwaggerModule.createDocument(app, description)), {
    jsonDocumentUrl: 'api/openapi.json',
  });
  await app.listen(bind.port, bind.host);
  return app;
};
