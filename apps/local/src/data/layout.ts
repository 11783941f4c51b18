import { join } from 'node:path';

/** Where things are below the data directory. */
export const layout = (dataDir: string) =>
  ({
    dataDir,
    platformFile: join(dataDir, 'platform.json'),
    registryFile: join(dataDir, 'processes.json'),
    portsFile: join(dataDir, 'ports.json'),
    keys: join(dataDir, 'keys'),
    nats: join(dataDir, 'nats'),
    postgres: join(dataDir, 'postgres'),
    logs: join(dataDir, 'log'),
    log: (name: string) => join(dataDir, 'log', `${name.replaceAll('/', '-')}.log`),
    machines: join(dataDir, 'machines'),
    machineRoot: (name: string) => join(dataDir, 'machines', name),
    /** Relative to the data directory: a socket's path may have no more than 107 bytes. */
    fateSocket: 'fate.sock',
  }) as const;
export type Layout = ReturnType<typeof layout>;
