import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startNatsServer, startPostgresServer, type SupervisedProcess } from '@yiqiu/processes';
import { openOrCreateAuthority, type Authority } from '@yiqiu/messaging';
import { prepareDatabase } from '@yiqiu/event-log';
import type { Layout } from '../data/layout.ts';
import type { Ports } from '../data/ports.ts';
import type { Registry } from '../data/registry.ts';
import type { Secrets } from '../data/secrets.ts';
import type { Options } from '../options.ts';
import { Part } from './part.ts';

export interface BuildOptions {
  readonly options: Options;
  readonly paths: Layout;
  readonly checkout: string;
  readonly secrets: Secrets;
  readonly ports: Ports;
  readonly registry: Registry;
  readonly report: (line: string) => void;
}

export interface Parts {
  readonly all: readonly Part[];
  /** Started one after another, each one's parts at once. */
  readonly stages: readonly (readonly Part[])[];
  /** Roles, schemas and passwords of the three contexts; harmless to repeat. */
  readonly prepareDatabase: () => Promise<void>;
}

const serverStopSteps = [{ signal: 'SIGTERM', deadlineMs: 15_000 }] as const;

/**
 * What the platform is made of on one machine. The three services, the gateway and the machines join here as their apps
 * come to stand (docs/roadmap.md).
 */
export const buildParts = async (build: BuildOptions): Promise<Parts> => {
  const authority = await openOrCreateAuthority(join(build.paths.keys, 'nats'));
  const part = (
    name: string,
    address: string,
    start: () => Promise<SupervisedProcess>,
    stopSteps: Part['spec']['stopSteps'],
  ) => new Part({ name, address, start, stopSteps }, build.registry, build.report);
  const postgres = part('postgres', `127.0.0.1:${build.ports.postgres}`, () => startPostgres(build), [
    { signal: 'SIGINT', deadlineMs: 15_000 },
  ]);
  const nats = part('nats', `127.0.0.1:${build.ports.nats}`, () => startNats(build, authority), serverStopSteps);
  return { all: [postgres, nats], stages: [[postgres, nats]], prepareDatabase: () => prepare(build) };
};

const startPostgres = async ({ paths, ports, secrets }: BuildOptions): Promise<SupervisedProcess> => {
  const server = await startPostgresServer({
    dataDir: paths.postgres,
    port: ports.postgres,
    password: secrets.postgresPassword,
    logFile: paths.log('postgres'),
  });
  return server.process;
};

const startNats = async ({ paths, ports }: BuildOptions, authority: Authority): Promise<SupervisedProcess> => {
  const server = await startNatsServer({
    dataDir: paths.nats,
    port: ports.nats,
    config: (place) => authority.serverConfig(place),
  });
  return server.process;
};

const prepare = async ({ ports, secrets }: BuildOptions): Promise<void> => {
  const admin = `postgres://postgres:${encodeURIComponent(secrets.postgresPassword)}@127.0.0.1:${ports.postgres}/postgres`;
  const password = secrets.postgresPassword;
  await prepareDatabase(admin, { contexts: { machine: { password }, resource: { password }, service: { password } } });
};

/** The apps that have to be there before the platform is whole, and are not built into this checkout yet. */
export const missingApps = (checkout: string): string[] =>
  ['machine-manager', 'resource-platform', 'service-platform', 'gateway'].filter(
    (app) => !existsSync(join(checkout, 'apps', app, 'src', 'app.module.ts')),
  );
