import { isRunning, processIdentity, spawnSupervised } from '@yiqiu/processes';
import { freePort, tempDir, waitFor } from '@yiqiu/testing';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const checkout = join(import.meta.dirname, '..', '..', '..', '..');
const localMain = join(checkout, 'apps', 'local', 'dist', 'main.js');
/** Where `start` notes the last platform, for the CLI: ours is none that anybody wants to talk to. */
const lastPlatform = join(checkout, '.nx', 'last-platform.json');

const readyDeadlineMs = 180_000;
const stopDeadlineMs = 60_000;

const rows = z.array(z.object({ name: z.string(), pid: z.int() }));

export interface RunningPlatform {
  /** Its processes by name: `postgres`, `gateway`, `agent/m1`. */
  readonly processes: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** A whole platform with machines of its own, beside whatever else runs here. It ends with this process at the latest. */
export const startPlatform = async (machines: number): Promise<RunningPlatform> => {
  if (!existsSync(localMain)) throw new Error(`${localMain} is not built: npm run bench builds it`);
  const temp = tempDir();
  const before = existsSync(lastPlatform) ? readFileSync(lastPlatform) : null;
  const data = join(temp.path, 'data');
  const place = ['--data', data, '--port', String(await freePort()), '--net', `127.0.${randomInt(100, 250)}`];
  const local = await spawnSupervised({
    name: 'the local platform',
    command: process.execPath,
    args: [localMain, ...place, '--machines', String(machines), '--no-demo'],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', YIQIU_CHECKOUT: checkout },
    logFile: join(temp.path, 'local.log'),
    endWithParent: 'SIGTERM',
  });
  const stop = async (): Promise<void> => {
    await local.stop([{ signal: 'SIGTERM', deadlineMs: stopDeadlineMs }]);
    if (before === null) rmSync(lastPlatform, { force: true });
    else writeFileSync(lastPlatform, before);
    temp.remove();
  };
  try {
    const said = () => readFileSync(local.logFile, 'utf8');
    const up = await waitFor(() => !isRunning(local.identity) || /up after|yiqiu is ready/.test(said()), {
      deadlineMs: readyDeadlineMs,
      what: 'the platform to be up',
    });
    if (!up || !isRunning(local.identity)) throw new Error(`the platform ended:\n${said()}`);
    const found = rows.parse(JSON.parse(readFileSync(join(data, 'processes.json'), 'utf8')));
    const alive = found.filter(({ pid }) => processIdentity(pid) !== null);
    return { processes: new Map(alive.map(({ name, pid }) => [name, pid])), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
