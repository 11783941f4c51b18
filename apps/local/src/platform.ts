import type { Server } from 'node:net';
import { createOrOpenDirs } from './data/dirs.ts';
import { layout, type Layout } from './data/layout.ts';
import { refuseSecondStart, rememberLastStarted, writePlatformFile, type ProcessRow } from './data/platform-file.ts';
import { choosePorts } from './data/ports.ts';
import { Registry } from './data/registry.ts';
import { openSecrets } from './data/secrets.ts';
import { playFate } from './fate/fate.ts';
import { serveFate } from './fate/server.ts';
import type { Options } from './options.ts';
import { buildParts, missingApps, type Parts } from './parts/build.ts';
import { seedBase } from './seed/base.ts';
import { Rest } from './seed/rest.ts';
import type { Part } from './parts/part.ts';
import { Steps } from './steps.ts';

/** The platform on one machine, in the foreground. */
export class Platform {
  readonly #paths: Layout;
  readonly #steps: Steps;
  #parts: Parts | null = null;
  #fate: Server | null = null;
  #stopping = false;

  constructor(
    readonly options: Options,
    readonly checkout: string,
    write: (text: string) => void,
  ) {
    this.#paths = layout(options.dataDir);
    this.#steps = new Steps(write);
  }

  say(line: string): void {
    this.#steps.say(line);
  }

  /** Resolves when all that stands is up, or when it was told to stop meanwhile. */
  async start(): Promise<void> {
    const { options } = this;
    refuseSecondStart(this.#paths);
    this.say(`Starting in ${options.dataDir}`);
    createOrOpenDirs(this.#paths);
    process.chdir(options.dataDir);
    const server = `http://127.0.0.1:${options.port}`;
    const secrets = openSecrets(this.#paths.keys);
    const registry = new Registry(this.#paths.registryFile);
    writePlatformFile(this.#paths, server, secrets.token, []);
    await this.#endLeftovers(registry);
    const ports = await choosePorts(this.#paths.portsFile);
    const { checkout } = this;
    const report = (line: string): void => this.say(`  ${line}`);
    const parts = await buildParts({ options, paths: this.#paths, checkout, secrets, ports, registry, report });
    this.#parts = parts;
    this.#fate = await serveFate(this.#paths.fateSocket, (request) =>
      playFate({ parts: parts.all, machines: [] }, request),
    );
    for (const [index, stage] of parts.stages.entries()) {
      if (this.#stopping) return;
      await this.#steps.run(stage.map((part) => part.name).join(', '), () =>
        Promise.all(stage.map((part) => part.start())),
      );
      if (index === 0) await this.#steps.run('databases of the three contexts', () => parts.prepareDatabase());
    }
    if (this.#stopping) return;
    writePlatformFile(this.#paths, server, secrets.token, rows(parts.all));
    rememberLastStarted(checkout, options.dataDir);
    const rest = new Rest(server, secrets.token);
    await this.#steps.run('init strategy default, pool bj01, packages', () => seedBase(rest));
    if (this.#stopping) return;
    this.#farewell(server);
  }

  /** Everything that was started, last first, and nothing else. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const stage of this.#parts?.stages.toReversed() ?? []) {
      await this.#steps.run(`stop ${stage.map((part) => part.name).join(', ')}`, () =>
        Promise.all(stage.map((part) => part.stop())),
      );
    }
    const fate = this.#fate;
    if (fate !== null) await new Promise<void>((resolve) => fate.close(() => resolve()));
    this.say('stopped');
  }

  /** What a killed supervisor left: the log and the bus last. */
  async #endLeftovers(registry: Registry): Promise<void> {
    const left = registry.leftovers().toReversed();
    if (left.length === 0) return;
    await this.#steps.run(
      'ending what an earlier start left',
      async () => {
        for (const entry of left) await registry.end(entry);
      },
      () => left.map((entry) => entry.name).join(', '),
    );
  }

  /** Not the page's last line, `yiqiu is ready`, before everything is there. */
  #farewell(server: string): void {
    this.say('');
    this.say(`  REST   ${server}/api/v1, OpenAPI at ${server}/api/docs, token in ${this.#paths.platformFile}`);
    this.say('  try    npx yiqiu pool list        npx yiqiu package list        npx yiqiu local list');
    this.say('  stop   Ctrl-C');
    this.say('');
    this.say(`up after ${this.#steps.elapsed()}; not built yet: ${missingApps.join(', ')} (docs/roadmap.md)`);
  }
}

const rows = (parts: readonly Part[]): ProcessRow[] =>
  parts.flatMap((part) => {
    const pid = part.pid();
    return pid === null ? [] : [{ name: part.name, pid, address: part.spec.address }];
  });
