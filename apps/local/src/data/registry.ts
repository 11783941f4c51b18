import { isRunning, stopProcess, type ProcessIdentity, type StopStep } from '@yiqiu/processes';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const entry = z.object({ name: z.string(), pid: z.int(), startTicks: z.number(), bootId: z.string() });
const entries = z.array(entry);
export type RegistryEntry = z.infer<typeof entry>;

const leftoverSteps: readonly StopStep[] = [{ signal: 'SIGTERM', deadlineMs: 10_000 }];

/**
 * Every process that the supervisor started, on disk before anything depends on it: what a killed supervisor left is found
 * here by pid and start time, and ended.
 */
export class Registry {
  #entries: RegistryEntry[];

  constructor(readonly file: string) {
    this.#entries = entries.parse(readJsonFile(file) ?? []);
  }

  add(name: string, identity: ProcessIdentity): void {
    this.#entries = [...this.#entries.filter((e) => e.name !== name && isRunning(e)), { name, ...identity }];
    writeJsonFile(this.file, this.#entries);
  }

  remove(name: string): void {
    this.#entries = this.#entries.filter((e) => e.name !== name);
    writeJsonFile(this.file, this.#entries);
  }

  /** What is still running of an earlier run. */
  leftovers(): readonly RegistryEntry[] {
    return this.#entries.filter((e) => isRunning(e));
  }

  /** Ends one of them: orderly, then hard. */
  async end(left: RegistryEntry): Promise<void> {
    await stopProcess(left, leftoverSteps);
    this.remove(left.name);
  }
}
