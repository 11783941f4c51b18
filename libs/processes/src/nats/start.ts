import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { startUntilReady } from '../ready.ts';
import type { StopStep } from '../signal.ts';
import type { SupervisedProcess } from '../supervised.ts';

export interface NatsPlace {
  readonly host: string;
  readonly port: number;
  /** JetStream's directory. */
  readonly storeDir: string;
}

export interface NatsOptions {
  /** Holds the configuration file (mode 0600), the log and JetStream's store. Made where missing. */
  readonly dataDir: string;
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default `<dataDir>/jetstream`. */
  readonly storeDir?: string;
  /** The configuration; must listen on the place it is given. Default: {@link plainNatsConfig}. */
  readonly config?: (place: NatsPlace) => string;
  /** Default `nats-server`, from PATH. */
  readonly command?: string;
  /** Default 60 s: JetStream recovers its streams before the server listens. */
  readonly readyDeadlineMs?: number;
  readonly endWithParent?: boolean;
}

export interface NatsServer {
  readonly process: SupervisedProcess;
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

const natsStopSteps: readonly StopStep[] = [{ signal: 'SIGTERM', deadlineMs: 15_000 }];

/** JetStream on, nobody asked who they are: for tests. */
export const plainNatsConfig = ({ host, port, storeDir }: NatsPlace): string =>
  `host: ${JSON.stringify(host)}\nport: ${port}\njetstream { store_dir: ${JSON.stringify(storeDir)} }\n`;

/**
 * Starts nats-server and resolves when it greets, with JetStream recovered. Rejects, with its last lines, where it ends
 * instead or is not ready in time; nothing is left running then.
 */
export const startNatsServer = async (options: NatsOptions): Promise<NatsServer> => {
  const dataDir = resolve(options.dataDir);
  const place: NatsPlace = {
    host: options.host ?? '127.0.0.1',
    port: options.port,
    storeDir: options.storeDir ?? join(dataDir, 'jetstream'),
  };
  mkdirSync(dataDir, { recursive: true });
  const configFile = join(dataDir, 'nats.conf');
  writeFileSync(configFile, (options.config ?? plainNatsConfig)(place), { mode: 0o600 });
  const server = await startUntilReady(
    {
      name: `nats-server on port ${place.port}`,
      command: options.command ?? 'nats-server',
      args: ['-c', configFile, '--ports_file_dir', dataDir],
      cwd: dataDir,
      env: { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin:/usr/sbin' },
      logFile: join(dataDir, 'nats.log'),
      ...(options.endWithParent === true ? { endWithParent: 'SIGTERM' as const } : {}),
    },
    {
      // The ports file proves that it is this server which listens, and not another one on the same port.
      probe: async ({ pid }) => existsSync(join(dataDir, `nats-server_${pid}.ports`)) && (await greets(place)),
      deadlineMs: options.readyDeadlineMs ?? 60_000,
      stopSteps: natsStopSteps,
    },
  );
  return {
    process: server,
    pid: server.pid,
    host: place.host,
    port: place.port,
    url: `nats://${place.host}:${place.port}`,
    stop: () => server.stop(natsStopSteps),
  };
};

/** The server speaks first: a line INFO {…}, before TLS and before any login. */
const greets = ({ host, port }: NatsPlace): Promise<boolean> =>
  new Promise((settle) => {
    const socket = connect({ host, port });
    let greeting = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (bytes) => {
      greeting += bytes.toString('latin1');
      if (greeting.startsWith('INFO {')) socket.destroy();
    });
    // A refused connection is what we wait out; `close` follows it.
    socket.on('error', () => undefined);
    socket.on('close', () => settle(greeting.startsWith('INFO {')));
  });
