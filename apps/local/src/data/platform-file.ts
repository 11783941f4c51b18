import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, processIdentity } from '@yiqiu/processes';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { Layout } from './layout.ts';

const processRow = z.object({ name: z.string(), pid: z.int(), address: z.string() });

/** `DIR/platform.json`, as page "Interface" has it, with the supervisor's start time beside its pid. */
const platformFile = z.object({
  server: z.string(),
  token: z.string(),
  pid: z.int(),
  dataDir: z.string(),
  processes: z.array(processRow),
  startTicks: z.number(),
  bootId: z.string(),
});
export type PlatformFile = z.infer<typeof platformFile>;
export type ProcessRow = z.infer<typeof processRow>;

export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
}

/** Refuses where a supervisor lives on this data directory; says which. */
export const refuseSecondStart = (paths: Layout): void => {
  const raw = readJsonFile(paths.platformFile);
  if (raw === null) return;
  const found = platformFile.safeParse(raw);
  if (!found.success) return;
  const { pid, server, startTicks, bootId } = found.data;
  if (pid !== process.pid && isRunning({ pid, startTicks, bootId })) {
    throw new AlreadyRunningError(
      `a platform runs on ${paths.dataDir} already: pid ${pid}, ${server}\n  stop it (kill ${pid}), or start another one with --data DIR --port P --net 127.0.N`,
    );
  }
};

/** Claims the data directory: from here on a second start is refused. */
export const writePlatformFile = (
  paths: Layout,
  server: string,
  token: string,
  processes: readonly ProcessRow[],
): void => {
  const own = processIdentity(process.pid);
  if (own === null) throw new Error('this process is not in /proc');
  writeJsonFile(paths.platformFile, {
    server,
    token,
    pid: own.pid,
    dataDir: paths.dataDir,
    processes: [...processes],
    startTicks: own.startTicks,
    bootId: own.bootId,
  } satisfies PlatformFile);
};

/** The CLI of this checkout finds the platform last started in it here. */
export const rememberLastStarted = (checkout: string, dataDir: string): void => {
  mkdirSync(join(checkout, '.nx'), { recursive: true });
  writeJsonFile(join(checkout, '.nx', 'last-platform.json'), { dataDir });
};
