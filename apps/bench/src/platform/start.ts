import { isRunning, processIdentity, spawnSupervised } from '@yiqiu/processes';
import { freePort, tempDir, waitFor } from '@yiqiu/testing';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checkout } from '../checkout.ts';
import { Rest } from './rest.ts';

const localMain = join(checkout, 'apps', 'local', 'dist', 'main.js');
/** Where `start` notes the last platform, for the CLI: ours is none that anybody wants to talk to. */
const lastPlatform = join(checkout, '.nx', 'last-platform.json');

/** What a platform consists of, beside its machines. */
export const parts = [
  'postgres',
  'nats',
  'machine-manager',
  'resource-platform',
  'service-platform',
  'gateway',
] as const;

const readyDeadlineMs = 180_000;
const stopDeadlineMs = 90_000;

const rows = z.array(z.object({ name: z.string(), pid: z.int() }));
const platformFile = z.object({ server: z.string(), token: z.string() });
const portsFile = z.record(z.string(), z.int());

export interface PlatformOptions {
  readonly machines: number;
  /** How patient it is: heartbeats each second (`local`, the default) or each 5 s (`production`). */
  readonly timing?: 'local' | 'production';
  /** Where NATS tells its counters over HTTP; none without it. */
  readonly natsMonitorPort?: number;
}

export interface RunningPlatform {
  /** Its processes by name: `postgres`, `gateway`, `agent/m1`. */
  readonly processes: ReadonlyMap<string, number>;
  readonly rest: Rest;
  /** First three numbers of the machines' addresses. */
  readonly net: string;
  /** Of gRPC between its processes. */
  readonly secret: string;
  /** By `<part>-grpc`, `<part>-http`, `postgres`, `nats`. */
  port(name: string): number;
  /** Of an agent: units live below it. */
  machineRoot(machine: string): string;
  stop(): Promise<void>;
}

/** A whole platform with machines of its own, beside whatever else runs here. It ends with this process at the latest. */
export const startPlatform = async ({
  machines,
  timing,
  natsMonitorPort,
}: PlatformOptions): Promise<RunningPlatform> => {
  if (!existsSync(localMain)) throw new Error(`${localMain} is not built: npm run bench builds it`);
  const temp = tempDir();
  const before = existsSync(lastPlatform) ? readFileSync(lastPlatform) : null;
  const data = join(temp.path, 'data');
  const net = `127.0.${randomInt(100, 250)}`;
  const place = ['--data', data, '--port', String(await freePort()), '--net', net];
  const local = await spawnSupervised({
    name: 'the local platform',
    command: process.execPath,
    args: [localMain, ...place, '--machines', String(machines), '--no-demo'],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '/',
      YIQIU_CHECKOUT: checkout,
      ...(timing === undefined ? {} : { YIQIU_TIMING: timing }),
      ...(natsMonitorPort === undefined ? {} : { YIQIU_NATS_MONITOR_PORT: String(natsMonitorPort) }),
    },
    logFile: join(temp.path, 'local.log'),
    endWithParent: 'SIGTERM',
  });
  const stop = async (): Promise<void> => {
    await local.stop([{ signal: 'SIGTERM', deadlineMs: stopDeadlineMs }]);
    if (before === null) rmSync(lastPlatform, { force: true });
    else writeFileSync(lastPlatform, before);
    temp.remove();
  };
  const read = <S extends z.ZodType>(schema: S, file: string): z.infer<S> =>
    schema.parse(JSON.parse(readFileSync(join(data, file), 'utf8')));
  try {
    const said = () => readFileSync(local.logFile, 'utf8');
    const up = await waitFor(() => !isRunning(local.identity) || /up after|yiqiu is ready/.test(said()), {
      deadlineMs: readyDeadlineMs,
      what: 'the platform to be up',
    });
    if (!up || !isRunning(local.identity)) throw new Error(`the platform ended:\n${said()}`);
    const alive = read(rows, 'processes.json').filter(({ pid }) => processIdentity(pid) !== null);
    const { server, token } = read(platformFile, 'platform.json');
    const ports = read(portsFile, 'ports.json');
    return {
      processes: new Map(alive.map(({ name, pid }) => [name, pid])),
      rest: new Rest(server, token),
      net,
      secret: readFileSync(join(data, 'keys', 'internal'), 'utf8').trim(),
      port: (name) => ports[name] ?? missing(`port ${name}`, Object.keys(ports)),
      machineRoot: (machine) => join(data, 'machines', machine),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Throws where the platform has no such process. */
export const pidOf = ({ processes }: RunningPlatform, name: string): number =>
  processes.get(name) ?? missing(`process ${name}`, [...processes.keys()]);

const missing = (what: string, there: readonly string[]): never => {
  throw new Error(`the platform has no ${what}: ${there.join(', ')}`);
};
