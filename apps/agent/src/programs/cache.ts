import { existsSync, mkdirSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { verifyDigest } from '@yiqiu/program/signature';
import { PackageRefused, removeUnpacked, unpack } from '@yiqiu/program/unpack';
import { AgentStopping } from '../hooks/index.ts';
import type { AgentPaths } from '../layout/index.ts';
import { pause } from '../proc/index.ts';
import { download, labelOf, removeDownload } from './download.ts';
import type { ArchiveSource, WantedProgram } from './source.ts';

/** Unpacked programs that no unit uses, kept for roll-backs; beyond them the longest unused go. */
export const unusedProgramsKeptMax = 3;

/** The platform's key comes with the first hello, ms. */
const keyWaitMs = 30_000;
const keyPollMs = 50;

/** Programs by digest, unpacked once, shared by units and read-only. */
export class ProgramCache {
  readonly #paths: AgentPaths;
  readonly #source: ArchiveSource;
  readonly #platformKey: () => string | null;
  readonly #stop: AbortSignal;
  readonly #underway = new Map<string, Promise<void>>();

  /** `platformKey`: PEM, null before the first hello. */
  constructor(paths: AgentPaths, source: ArchiveSource, platformKey: () => string | null, stop: AbortSignal) {
    this.#paths = paths;
    this.#source = source;
    this.#platformKey = platformKey;
    this.#stop = stop;
    mkdirSync(paths.programs, { recursive: true });
  }

  /**
   * The directory of the unpacked program. Fetched where it is not here yet, and then only unpacked where the platform's
   * key signed its digest and the bytes have it. Throws with the reason; AgentStopping where the agent stops meanwhile.
   */
  async ensure(program: WantedProgram): Promise<string> {
    const directory = this.#paths.program(program.digest);
    if (existsSync(directory)) {
      const now = new Date();
      utimesSync(directory, now, now);
      return directory;
    }
    let work = this.#underway.get(program.digest);
    if (work === undefined) {
      work = this.#bring(program, directory).finally(() => this.#underway.delete(program.digest));
      this.#underway.set(program.digest, work);
    }
    await work;
    return directory;
  }

  /** Removes programs that are not in use, but for the {@link unusedProgramsKeptMax} last used. */
  async prune(inUse: ReadonlySet<string>): Promise<void> {
    const unused = readdirSync(this.#paths.programs)
      .filter((digest) => !digest.startsWith('.') && !inUse.has(digest) && !this.#underway.has(digest))
      .map((digest) => ({ digest, usedAt: statSync(this.#paths.program(digest)).mtimeMs }))
      .sort((left, right) => right.usedAt - left.usedAt);
    for (const { digest } of unused.slice(unusedProgramsKeptMax)) await removeUnpacked(this.#paths.program(digest));
  }

  /** Half-made directories of an agent that was killed while it unpacked. Call at start, before `ensure`. */
  async removeLeftovers(): Promise<void> {
    const leftovers = readdirSync(this.#paths.programs).filter((name) => name.startsWith('.'));
    for (const name of leftovers) await removeUnpacked(this.#paths.program(name));
  }

  async #bring(program: WantedProgram, directory: string): Promise<void> {
    const key = await this.#key(program);
    if (!verifyDigest(program.digest, program.signature, key)) {
      throw new Error(`program ${labelOf(program)}: the platform's key did not sign ${program.digest}`);
    }
    const archive = this.#paths.download(program.digest);
    await download(this.#source, program, archive, this.#stop);
    try {
      await unpack(archive, directory, { digest: program.digest });
    } catch (error) {
      if (error instanceof PackageRefused) {
        throw new Error(`program ${labelOf(program)} is refused`, { cause: error });
      }
      throw error;
    } finally {
      // Whole and unpacked, or wrong: in neither case is it to be gone on with.
      removeDownload(archive);
    }
  }

  /** A first command may overtake the answer to the first hello. */
  async #key(program: WantedProgram): Promise<string> {
    const end = performance.now() + keyWaitMs;
    for (;;) {
      const key = this.#platformKey();
      if (key !== null) return key;
      if (performance.now() > end)
        throw new Error(`program ${labelOf(program)}: no platform key within ${keyWaitMs} ms`);
      if (!(await pause(keyPollMs, this.#stop))) throw new AgentStopping();
    }
  }
}
