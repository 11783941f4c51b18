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
    for (const stage of parts.stages) {
      if (this.#stopping) return;
      await this.#steps.run(stage.map((part) => part.name).join(', '), () =>
        Promise.all(stage.map((part) => part.start())),
      );
    }
    if (this.#stopping) return;
    await this.#steps.run('databases of the three contexts', () => parts.prepareDatabase());
    writePlatformFile(this.#paths, server, secrets.token, rows(parts.all));
    rememberLastStarted(checkout, options.dataDir);
    this.#farewell();
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

  /** Says the page's last line only where everything is there. */
  #farewell(): void {
    const missing = missingApps(this.checkout);
    this.say('');
    if (missing.length === 0) this.say('yiqiu is ready');
    else {
      this.say(
        `PostgreSQL and NATS are up (${this.#steps.elapsed()}). Not built yet: ${missing.join(', ')}; see docs/roadmap.md.`,
      );
      this.say('Ctrl-C stops everything that was started.');
    }
  }
}

const rows = (parts: readonly Part[]): ProcessRow[] =>
  parts.flatMap((part) => {
    const pid = part.pid();
    return pid === null ? [] : [{ name: part.name, pid, address: part.spec.address }];
  });
