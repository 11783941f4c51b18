import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Histogram, type Registry } from 'prom-client';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** How long requests take, by route (as it is written, not as it was asked) and status. Followed events are left out. */
export const countRequests = (app: NestFastifyApplication, metrics: Registry): void => {
  const seconds = new Histogram({
    name: 'yiqiu_http_request_seconds',
    help: 'Duration of requests to the gateway',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [metrics],
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      if (route !== '/api/v1/events/stream')
        seconds.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
      done();
    });
};
