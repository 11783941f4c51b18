import { spawnSupervised, waitFor, type SupervisedProcess, type StopStep } from '@yiqiu/processes';

export const serviceStopSteps: readonly StopStep[] = [{ signal: 'SIGTERM', deadlineMs: 20_000 }];

export interface ServiceProcess {
  readonly name: string;
  readonly node: string;
  readonly nodeFlags: readonly string[];
  readonly script: string;
  readonly args: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly logFile: string;
  /** Answers 200 when it serves. */
  readonly readyUrl: string | null;
  readonly readyDeadlineMs: number;
}

/** What every child inherits of our environment, beside its own. */
export const baseEnv = (): { [name: string]: string } => {
  const kept: { [name: string]: string } = {};
  for (const name of ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
};

/** One of our own Node processes, ready when its `/readyz` says so. Where it ends before, the error names its log. */
export const startService = async (service: ServiceProcess): Promise<SupervisedProcess> => {
  const child = await spawnSupervised({
    name: service.name,
    command: service.node,
    args: [...service.nodeFlags, service.script, ...service.args],
    env: { ...baseEnv(), ...service.env },
    logFile: service.logFile,
  });
  let ended: string | null = null;
  void child.exited.then(({ code, signal }) => {
    ended = signal ?? `exit code ${code ?? 'unknown'}`;
  });
  const { readyUrl } = service;
  if (readyUrl === null) return child;
  try {
    await waitFor(async () => ended !== null || (await isReady(readyUrl)), {
      deadlineMs: service.readyDeadlineMs,
      what: `${service.name} to be ready; see ${service.logFile}`,
    });
  } catch (error) {
    await child.stop(serviceStopSteps);
    throw error;
  }
  if (ended !== null) throw new Error(`${service.name} ended (${ended}) before it was ready; see ${service.logFile}`);
  return child;
};

/** A refused connection is what is waited out, by `waitFor`, which looks again at an error. */
const isReady = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok;
};
