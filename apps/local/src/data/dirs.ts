import { chmodSync, mkdirSync } from 'node:fs';
import type { Layout } from './layout.ts';

/**
 * Keys and logs are their owner's alone. The data directory itself may be passed through (0711) but not listed: programs
 * run as users of their own below `machines`, and PostgreSQL as its own.
 */
export const createOrOpenDirs = (paths: Layout): void => {
  for (const [dir, mode] of [
    [paths.dataDir, 0o711],
    [paths.keys, 0o700],
    [paths.logs, 0o700],
    [paths.nats, 0o700],
    [paths.machines, 0o711],
  ] as const) {
    mkdirSync(dir, { recursive: true, mode });
    chmodSync(dir, mode);
  }
};
