import { startNatsServer, type NatsPlace, type SupervisedProcess } from '@yiqiu/processes';
import { join } from 'node:path';
import { onFreePort } from './on-free-port.ts';
import { orRemove, tempDir } from './temp-dir.ts';

export interface StartNatsOptions {
  /** The configuration text, made for the place where the server is to be. Default: JetStream on, no logins. */
  readonly config?: (place: NatsPlace) => string;
  /** JetStream's. Default: a new temporary one, removed by `stop`. */
  readonly storeDir?: string;
  readonly port?: number;
}

export interface TestNats {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly storeDir: string;
  /** For kill, pause, resume. */
  readonly process: SupervisedProcess;
  /** Ends the server and removes its temporary directory. */
  stop(): Promise<void>;
}

/**
 * A real nats-server (from PATH) for tests, on 127.0.0.1, with JetStream. It ends with the test process at the latest,
 * however that one ends; call `stop` in `afterAll`. To restart one, `process.kill()` or `stop()` it and start another with
 * the same `storeDir` and `port`.
 */
export const startNats = async (options: StartNatsOptions = {}): Promise<TestNats> => {
  const temp = tempDir();
  const storeDir = options.storeDir ?? join(temp.path, 'jetstream');
  const server = await orRemove(
    temp,
    onFreePort(options.port, (port) =>
      startNatsServer({
        dataDir: join(temp.path, 'nats'),
        storeDir,
        port,
        endWithParent: true,
        ...(options.config === undefined ? {} : { config: options.config }),
      }),
    ),
  );
  return {
    url: server.url,
    host: server.host,
    port: server.port,
    pid: server.pid,
    storeDir,
    process: server.process,
    stop: async () => {
      await server.stop();
      temp.remove();
    },
  };
};
