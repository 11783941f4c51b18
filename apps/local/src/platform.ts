import type { Server } from 'node:net';
import { join } from 'node:path';
import { createOrOpenDirs } from './data/dirs.ts';
import { layout, type Layout } from './data/layout.ts';
import { refuseSecondStart, rememberLastStarted, writePlatformFile, type ProcessRow } from './data/platform-file.ts';
import { choosePorts } from './data/ports.ts';
import { Registry } from './data/registry.ts';
import { openSecrets } from './data/secrets.ts';
import { playFate } from './fate/fate.ts';
import { serveFate } from './fate/server.ts';
import type { Options } from './options.ts';
import { buildMachines } from './machines/build.ts';
import type { LocalMachine } from './machines/machine.ts';
import { endLeftUnits, startMachines } from './machines/start.ts';
import { buildParts, type BuildOptions, type Parts } from './parts/build.ts';
import { seedBase } from './seed/base.ts';
import { applyDemo, pushPrograms } from './seed/demo.ts';
import { Rest } from './seed/rest.ts';
import type { Part } from './parts/part.ts';
import { Steps } from './steps.ts';

/** The platform on one machine, in the foreground. */
export class Platform {
  readonly #paths: Layout;
  readonly #steps: Steps;
  #parts: Parts | null = null;
  #machines: readonly LocalMachine[] = [];
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
    const build: BuildOptions = { options, paths: this.#paths, checkout, secrets, ports, registry, report };
    const parts = await buildParts(build);
    const machines = buildMachines(build);
    await endLeftUnits(machines, this.#steps);
    this.#parts = parts;
    this.#machines = machines;
    this.#fate = await serveFate(this.#paths.fateSocket, (request) =>
      playFate({ parts: parts.all, machines }, request),
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
    const bootedAt = Date.now();
    await startMachines({ build, rest, machines, steps: this.#steps, stopping: () => this.#stopping });
    writePlatformFile(this.#paths, server, secrets.token, rows([...parts.all, ...machines.map(({ agent }) => agent)]));
    if (this.#stopping) return;
    if (options.demo && machines.length > 0) await this.#demo(rest, bootedAt);
    if (this.#stopping) return;
    this.#farewell(server);
  }

  async #demo(rest: Rest, bootedAt: number): Promise<void> {
    await this.#steps.run(
      'programs',
      () => pushPrograms(rest, join(this.checkout, 'deploy', 'programs')),
      (pushed) => pushed.join(', '),
    );
    if (this.#stopping) return;
    const document = join(this.checkout, 'deploy', 'demo', 'cache.yaml');
    await this.#steps.run(
      'demo group cache',
      () => applyDemo(rest, document, 'cache', bootedAt),
      (said) => said,
    );
  }

  /** Everything that was started, last first, and nothing else. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    // The services before the agents: an announced power-off is no fault, so nobody is there to take it for one.
    const [servers, ...services] = this.#parts?.stages ?? [];
    for (const stage of services.toReversed()) await this.#stopParts(stage);
    const machines = this.#machines.filter((machine) => machine.agent.state() !== 'stopped');
    if (machines.length > 0) {
      await this.#steps.run(`power off ${machines.map(({ name }) => name).join(', ')}`, () =>
        Promise.all(this.#machines.map((machine) => machine.stop())),
      );
    }
    if (servers !== undefined) await this.#stopParts(servers);
    const fate = this.#fate;
    if (fate !== null) await new Promise<void>((resolve) => fate.close(() => resolve()));
    this.say('stopped');
  }

  async #stopParts(parts: readonly Part[]): Promise<void> {
    await this.#steps.run(`stop ${parts.map((part) => part.name).join(', ')}`, () =>
      Promise.all(parts.map((part) => part.stop())),
    );
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

  #farewell(server: string): void {
    this.say('');
    this.say(`  REST   ${server}/api/v1, OpenAPI at ${server}/api/docs, token in ${this.#paths.platformFile}`);
    this.say('  try    npx yiqiu status        npx yiqiu machine list        npx yiqiu local list');
    this.say('  stop   Ctrl-C');
    this.say('');
    this.say(`up after ${this.#steps.elapsed()}`);
    this.say('yiqiu is ready');
  }
}

const rows = (parts: readonly Part[]): ProcessRow[] =>
  parts.flatMap((part) => {
    const pid = part.pid();
    return pid === null ? [] : [{ name: part.name, pid, address: part.spec.address }];
  });
