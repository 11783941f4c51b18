import { chmodSync, mkdirSync } from 'node:fs';
import type { Layout } from './layout.ts';

/** The data directory is its owner's alone: keys and the fate socket live in it. Machines' roots are for their programs' users to pass through. */
export const createOrOpenDirs = (paths: Layout): void => {
  for (const dir of [paths.dataDir, paths.keys]) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
  }
  for (const dir of [paths.logs, paths.nats, paths.machines]) mkdirSync(dir, { recursive: true, mode: 0o755 });
};
