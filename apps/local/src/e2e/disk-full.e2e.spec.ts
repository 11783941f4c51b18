import { spawnSync } from 'node:child_process';
import { freePort } from '@yiqiu/processes';
import { describe, it } from '@jest/globals';
import { tell } from './platform.fixture.ts';

/** Whether we may mount a file system in memory: root of a machine may, root of an unprivileged container may not. */
const mayMount = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
const whereMounts = mayMount ? it : it.skip;

describe('the disk of PostgreSQL is full', () => {
  whereMounts(
    'clear refusals, nothing lost, and it goes on by itself when there is room',
    async () => {
      const port = await freePort();
      await tell('disk-full.mjs', ['log', '--port', String(port), '--net', `127.0.${40 + (port % 200)}`]);
    },
    600_000,
  );
});
