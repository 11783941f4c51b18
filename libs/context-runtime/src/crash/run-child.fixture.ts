import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { withDeadline } from '@yiqiu/testing';
import { build } from 'esbuild';

export interface Ran<L> {
  /** By its own hand, at its fault point. */
  readonly killed: boolean;
  readonly lines: readonly L[];
}

const programs = ['child', 'hash', 'outbox-child'] as const;
const banner = [
  "import { createRequire } from 'node:module';",
  `const require = createRequire(${JSON.stringify(import.meta.url)});`,
].join('\n');

/** The programs of this folder, each in one file: they are started a hundred times, and half of a start was its imports. */
export class Children {
  readonly #directory = mkdtempSync(join(tmpdir(), 'yiqiu-crash-'));

  static async build(): Promise<Children> {
    const children = new Children();
    await build({
      entryPoints: programs.map((name) => join(import.meta.dirname, `${name}.fixture.ts`)),
      outdir: children.#directory,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      conditions: ['@yiqiu/source'],
      // Loaded for a migration alone, which the test runs.
      external: ['typeorm'],
      banner: { js: banner },
      logLevel: 'error',
    });
    return children;
  }

  /**
   * Runs one with a plan, to its end, which may be its own kill. Its standard output is a line of JSON each. Rejects where it
   * fails, or does not end within a minute; then it is killed.
   */
  async run<L>(name: (typeof programs)[number], plan: unknown): Promise<Ran<L>> {
    const program = join(this.#directory, `${name}.fixture.mjs`);
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, JSON.stringify(plan)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: L[] = [];
    const errors: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
    createInterface(child.stderr).on('line', (line) => errors.push(line));
    try {
      await withDeadline(once(child, 'close'), { deadlineMs: 60_000, what: `${name} to end` });
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`${String(error)}\n${errors.join('\n')}`, { cause: error });
    }
    const killed = child.signalCode === 'SIGKILL';
    if (!killed && child.exitCode !== 0) throw new Error(`${name} failed:\n${errors.join('\n')}`);
    return { killed, lines };
  }

  dispose(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
