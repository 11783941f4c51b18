import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Address } from '../config/index.ts';
import type { Readiness } from './readiness.ts';

export interface HealthServerOptions {
  readonly bind: Address;
  readonly readiness: Readiness;
  readonly metrics: Registry;
}

export interface HealthServer {
  /** Where it listens; the port that was given out where `bind` said 0. */
  readonly address: Address;
  close(): Promise<void>;
}

const requestTimeoutMs = 10_000;

/**
 * `/healthz` (200: the process answers), `/readyz` (200 or 503, with the reasons), `/metrics` (Prometheus text), for
 * probes, without authentication: nothing secret is in them. Throws where the address is taken.
 */
export const startHealthServer = async ({ bind, readiness, metrics }: HealthServerOptions): Promise<HealthServer> => {
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
    (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return json(response, 405, { allowed: ['GET', 'HEAD'] });
      switch (request.url?.split('?')[0]) {
        case '/healthz':
          return json(response, 200, { alive: true });
        case '/readyz': {
          const report = readiness.report();
          return json(response, report.ready ? 200 : 503, report);
        }
        case '/metrics':
          return void sendMetrics(response, metrics);
        default:
          return json(response, 404, { paths: ['/healthz', '/readyz', '/metrics'] });
      }
    },
  );
  await listen(server, bind);
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : bind.port;
  return { address: { host: bind.host, port }, close: () => close(server) };
};

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`);
};

const sendMetrics = async (response: ServerResponse, metrics: Registry): Promise<void> => {
  try {
    const text = await metrics.metrics();
    response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text);
  } catch (error) {
    json(response, 500, { message: error instanceof Error ? error.message : String(error) });
  }
};

const listen = (server: Server, { host, port }: Address): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });

const close = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
