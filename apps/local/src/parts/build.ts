import { join } from 'node:path';
import { startNatsServer, startPostgresServer, type SupervisedProcess } from '@yiqiu/processes';
import { openOrCreateAuthority, writeCredentials, type Authority, type PlatformService } from '@yiqiu/messaging';
import { prepareDatabase } from '@yiqiu/event-log';
import type { ContextName } from '@yiqiu/kernel';
import type { Layout } from '../data/layout.ts';
import type { Ports } from '../data/ports.ts';
import type { Registry } from '../data/registry.ts';
import type { Secrets } from '../data/secrets.ts';
import type { Options } from '../options.ts';
import { Part } from './part.ts';
import { serviceStopSteps, startService } from './service-process.ts';

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

/** What the platform is made of on one machine; its local machines come beside (`machines/`). */
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
  const urls = databaseUrls(build);
  const managers = [
    service(build, part, 'machine-manager', urls.machine, {
      YIQIU_JOIN_KEY_FILE: join(build.paths.keys, 'join'),
      YIQIU_NATS_AUTHORITY: join(build.paths.keys, 'nats'),
      YIQIU_AGENT_NATS_URL: natsUrl(build),
      YIQIU_PLATFORM_PUBLIC_KEY_FILE: build.secrets.platformPublicKeyFile,
      YIQIU_FENCE_SOCKET: join(build.paths.dataDir, build.paths.fateSocket),
    }),
    service(build, part, 'resource-platform', urls.resource, {}),
    service(build, part, 'service-platform', urls.service, { YIQIU_PLATFORM_KEY_FILE: build.secrets.platformKeyFile }),
  ];
  for (const name of serviceNames) {
    // Anew at each start: what a service may use is in them, and this version may use something else than the last one.
    writeCredentials(credentialsFile(build, name), await authority.mintService(name));
  }
  const stages = [[postgres, nats], managers, [gateway(build, part)]];
  return { all: stages.flat(), stages, prepareDatabase: () => prepare(build) };
};

const serviceNames = ['machine-manager', 'resource-platform', 'service-platform'] as const;

type MakePart = (
  name: string,
  address: string,
  start: () => Promise<SupervisedProcess>,
  stopSteps: Part['spec']['stopSteps'],
) => Part;

const natsUrl = ({ ports }: BuildOptions): string => `nats://127.0.0.1:${ports.nats}`;
const credentialsFile = ({ paths }: BuildOptions, name: PlatformService): string => join(paths.keys, `${name}.creds`);

const commonEnv = ({ paths, ports }: BuildOptions): { [name: string]: string } => ({
  YIQIU_SECRET_FILE: join(paths.keys, 'internal'),
  YIQIU_MACHINE_MANAGER: `127.0.0.1:${ports['machine-manager-grpc']}`,
  YIQIU_RESOURCE_PLATFORM: `127.0.0.1:${ports['resource-platform-grpc']}`,
  YIQIU_SERVICE_PLATFORM: `127.0.0.1:${ports['service-platform-grpc']}`,
});

const service = (
  build: BuildOptions,
  part: MakePart,
  name: (typeof serviceNames)[number],
  databaseUrl: string,
  env: { readonly [name: string]: string },
): Part => {
  const grpc = `127.0.0.1:${build.ports[`${name}-grpc`]}`;
  const http = `127.0.0.1:${build.ports[`${name}-http`]}`;
  return part(
    name,
    grpc,
    () =>
      startService({
        ...ownNode(build, name),
        env: {
          ...commonEnv(build),
          YIQIU_DATABASE_URL: databaseUrl,
          YIQIU_NATS_URL: natsUrl(build),
          YIQIU_NATS_CREDS: credentialsFile(build, name),
          YIQIU_GRPC_BIND: grpc,
          YIQIU_HTTP_BIND: http,
          YIQIU_TIMING: process.env['YIQIU_TIMING'] ?? 'local',
          ...env,
        },
        readyUrl: `http://${http}/readyz`,
      }),
    serviceStopSteps,
  );
};

const gateway = (build: BuildOptions, part: MakePart): Part => {
  const bind = `127.0.0.1:${build.options.port}`;
  const env = { ...commonEnv(build), YIQIU_GATEWAY_BIND: bind, YIQIU_TOKEN_FILE: join(build.paths.keys, 'token') };
  return part(
    'gateway',
    bind,
    () => startService({ ...ownNode(build, 'gateway'), env, readyUrl: `http://${bind}/readyz` }),
    serviceStopSteps,
  );
};

const ownNode = ({ checkout, paths }: BuildOptions, name: string) => ({
  name,
  node: process.execPath,
  nodeFlags: ['--enable-source-maps'],
  script: join(checkout, 'apps', name, 'dist', 'main.js'),
  args: [],
  logFile: paths.log(name),
  readyDeadlineMs: 60_000,
});

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
    config: (place) => authority.serverConfig({ ...place, ...monitoring() }),
  });
  return server.process;
};

/** NATS tells its counters over HTTP only where somebody asks for that, as `npm run bench` does. */
const monitoring = (): { readonly monitorPort?: number } => {
  const port = process.env['YIQIU_NATS_MONITOR_PORT'];
  return port === undefined ? {} : { monitorPort: Number(port) };
};

/** The services' own roles; the passwords are one and the same secret, since one file guards them all. */
const databaseUrls = ({ ports, secrets }: BuildOptions): { readonly [context in ContextName]: string } => {
  const of = (role: string): string =>
    `postgres://${role}:${encodeURIComponent(secrets.postgresPassword)}@127.0.0.1:${ports.postgres}/yiqiu`;
  return { machine: of('yiqiu_machine'), resource: of('yiqiu_resource'), service: of('yiqiu_service') };
};

const prepare = async ({ ports, secrets }: BuildOptions): Promise<void> => {
  const password = secrets.postgresPassword;
  const admin = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${ports.postgres}/postgres`;
  await prepareDatabase(admin, { contexts: { machine: { password }, resource: { password }, service: { password } } });
};
