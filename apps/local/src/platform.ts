import type { Server } from 'node:net';
import { join } from 'node:path';
import { killTree } from '@yiqiu/processes';
import { createOrOpenDirs } from './data/dirs.ts';
import { layout, type Layout } from './data/layout.ts';
import { refuseSecondStart, rememberLastStarted, writePlatformFile, type ProcessRow } from './data/platform-file.ts';
import { choosePorts } from './data/ports.ts';
import { Registry } from './data/registry.ts';
import { openSecrets } from './data/secrets.ts';
import { playFate } from './fate/fate.ts';
import { serveFate } from './fate/server.ts';
import type { LocalMachine } from './machines/machine.ts';
import { machineProcesses } from './machines/scan.ts';
import type { Options } from './options.ts';
import type { Part } from './parts/part.ts';
import { buildParts, type Parts } from './parts/build.ts';
import { addMachine, machineReady, seedBase } from './seed/base.ts';
import { applyDemo, pushPrograms } from './seed/demo.ts';
import { Rest } from './seed/rest.ts';
import { Steps } from './steps.ts';

const machineDeadlineMs = 120_000;
const demoGroup = 'hello';

/** The whole platform on one machine, in the foreground. */
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

  /** Resolves true when all is up; undefined where it was told to stop meanwhile. */
  async start(): Promise<true | undefined> {
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
    const parts = await buildParts({
      options,
      paths: this.#paths,
      checkout: this.checkout,
      secrets,
      ports,
      registry,
      report: (line) => this.say(`  ${line}`),
    });
    this.#parts = parts;
    this.#fate = await serveFate(this.#paths.fateSocket, (request) =>
      playFate({ parts: parts.all, machines: parts.machines }, request),
    );
    for (const stage of parts.stages) {
      if (this.#stopping) return undefined;
      await this.#steps.run(stage.map((part) => part.name).join(', '), () =>
        Promise.all(stage.map((part) => part.start())),
      );
      if (stage.some((part) => part.name === 'postgres')) await parts.prepareDatabase();
    }
    writePlatformFile(this.#paths, server, secrets.token, rows(parts.all));
    rememberLastStarted(this.checkout, options.dataDir);
    const rest = new Rest(server, secrets.token);
    if (this.#stopping) return undefined;
    await this.#steps.run('pool, init strategy, packages', () => seedBase(rest));
    if (this.#stopping) return undefined;
    await this.#startMachines(rest, parts.machines);
    writePlatformFile(
      this.#paths,
      server,
      secrets.token,
      rows([...parts.all, ...parts.machines.map((machine) => machine.agent)]),
    );
    if (options.demo && !this.#stopping) await this.#demo(rest);
    if (this.#stopping) return undefined;
    this.#farewell(server);
    return true;
  }

  /**
   * Everything that was started, and nothing else. Services stop before agents, so that no fault is recorded; machines are
   * powered off in order; the log and the bus go last.
   */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const parts = this.#parts;
    if (parts !== null) {
      for (const stage of parts.stopStages) {
        await this.#steps.run(`stop ${stage.map((part) => part.name).join(', ')}`, () =>
          Promise.all(stage.map((part) => part.stop())),
        );
        if (stage === parts.stopStages[1]) {
          await this.#steps.run('power off machines', () =>
            Promise.all(parts.machines.map((machine) => machine.stop())),
          );
        }
      }
    }
    const fate = this.#fate;
    if (fate !== null) await new Promise<void>((resolve) => fate.close(() => resolve()));
    this.say('stopped');
  }

  async #endLeftovers(registry: Registry): Promise<void> {
    const left = registry.leftovers();
    if (left.length === 0) return;
    await this.#steps.run(
      'ending what an earlier start left',
      async () => {
        // Platform processes before agents, as at any stop.
        const agents = left.filter((entry) => entry.name.startsWith('agent/'));
        for (const entry of left.filter((candidate) => !agents.includes(candidate)).reverse())
          await registry.end(entry);
        for (const entry of agents) await registry.end(entry);
        for (const entry of agents) {
          for (const identity of machineProcesses(this.#paths.machineRoot(entry.name.slice('agent/'.length))))
            await killTree(identity);
        }
        return left.length;
      },
      (count) => `${count} processes`,
    );
  }

  async #startMachines(rest: Rest, machines: readonly LocalMachine[]): Promise<void> {
    if (machines.length === 0) return;
    await this.#steps.run(
      `machines ${machines[0]?.name ?? ''}…${machines.at(-1)?.name ?? ''}`,
      async () => {
        for (const machine of machines) {
          const token = await addMachine(rest, machine.name, machine.address);
          this.#parts?.tokens.set(machine.name, token);
          await machine.start();
        }
        await Promise.all(machines.map((machine) => machineReady(rest, machine.name, machineDeadlineMs)));
      },
      () => 'READY',
    );
  }

  async #demo(rest: Rest): Promise<void> {
    const programs = join(this.checkout, 'deploy', 'programs');
    await this.#steps.run(
      'programs',
      () => pushPrograms(rest, programs),
      (pushed) => pushed.join(', '),
    );
    if (this.#stopping) return;
    await this.#steps.run(
      `group ${demoGroup}`,
      () => applyDemo(rest, join(this.checkout, 'deploy', 'demo', `${demoGroup}.yaml`), demoGroup),
      () => 'RUNNING',
    );
  }

  #farewell(server: string): void {
    this.say('');
    this.say(`  REST       ${server}/api/v1   (OpenAPI at ${server}/api/docs)`);
    this.say(`  token      ${this.#paths.platformFile}`);
    this.say('  try        npx yiqiu status        npx yiqiu local list');
    this.say('  stop       Ctrl-C');
    this.say('');
    this.say('yiqiu is ready');
  }
}

const rows = (parts: readonly Part[]): ProcessRow[] =>
  parts.flatMap((part) => {
    const pid = part.pid();
    return pid === null ? [] : [{ name: part.name, pid, address: part.spec.address }];
  });
