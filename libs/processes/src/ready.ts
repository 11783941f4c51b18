import { logSize, readLogFrom } from './log-file.ts';
import type { StopStep } from './signal.ts';
import { spawnSupervised, type SpawnOptions, type SupervisedProcess } from './supervised.ts';
import { delay } from './wait-for.ts';

export interface ReadyOptions {
  /** True when the process serves. An error ends the attempt: throw only what waiting does not mend. */
  readonly probe: (process: SupervisedProcess) => Promise<boolean>;
  readonly deadlineMs: number;
  readonly stopSteps: readonly StopStep[];
}

/** A process that did not come up; it is gone. `lines` is the end of what it wrote. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  constructor(
    message: string,
    readonly lines: string,
  ) {
    super(`${message}:\n${lines}`);
  }
}

const pollMsFirst = 10;
const pollMsMax = 200;

/** Starts a process and resolves when its probe says so. Rejects with {@link NotReadyError} where it ends or is late. */
export const startUntilReady = async (spawn: SpawnOptions, options: ReadyOptions): Promise<SupervisedProcess> => {
  const offset = logSize(spawn.logFile);
  const server = await spawnSupervised(spawn);
  let ready = false;
  try {
    const outcome = await becomesReady(server, options);
    ready = outcome === 'ready';
    if (ready) return server;
    const lines = readLogFrom(spawn.logFile, Math.min(offset, logSize(spawn.logFile)));
    throw new NotReadyError(
      `${spawn.name} ${outcome === 'late' ? `was not ready within ${options.deadlineMs} ms` : 'ended'}`,
      lines,
    );
  } finally {
    if (!ready) await server.stop(options.stopSteps);
  }
};

const becomesReady = async (
  server: SupervisedProcess,
  { probe, deadlineMs }: ReadyOptions,
): Promise<'ready' | 'ended' | 'late'> => {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  const end = performance.now() + deadlineMs;
  for (let pollMs = pollMsFirst; performance.now() < end; pollMs = Math.min(pollMs * 2, pollMsMax)) {
    if (ended) return 'ended';
    if (await probe(server)) return ended ? 'ended' : 'ready';
    await delay(pollMs);
  }
  return 'late';
};
