import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { NestLogger, type Address, type Logger } from '@yiqiu/platform-kit';
import type { Backends } from './backends/backends.ts';
import { GatewayModule } from './gateway.module.ts';
import { takeYamlAndArchives } from './http/body-parsers.ts';
import { ProblemFilter } from './http/problem.filter.ts';

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
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayModule.of(backends, token),
    new FastifyAdapter({ bodyLimit: bodyBytesMax, forceCloseConnections: true }),
    { logger: new NestLogger(logger), abortOnError: false },
  );
  takeYamlAndArchives(app);
  app.useGlobalFilters(new ProblemFilter(logger));
  const description = new DocumentBuilder()
    .setTitle('yiqiu')
    .setVersion('v1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  SwaggerModule.setup('api/docs', app, () => SwaggerModule.createDocument(app, description), {
    jsonDocumentUrl: 'api/openapi.json',
  });
  await app.listen(bind.port, bind.host);
  return app;
};
