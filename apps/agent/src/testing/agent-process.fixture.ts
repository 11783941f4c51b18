import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueOwners, type StepReport, type UnitCommand, type UnitReport, type UnitStep } from '@yiqiu/contracts';
import { askAgent, connectNats, consumeReports, createAuthority, serveAgents, type NatsLink } from '@yiqiu/messaging';
import { startNats, type TestNats } from '@yiqiu/testing';
import { ownKey, saveIdentity } from '../identity/index.ts';
import { AgentPaths } from '../layout/index.ts';
import { FakePlatform } from './fake-platform.fixture.ts';
import { publish, type PackageFiles, type TestProgram } from './package.fixture.ts';
import { agentBundle, commandFor, eventually, killIfThere, pidsBelow, type CommandOptions } from './rig.fixture.ts';

/** A fake platform that real agents reach over a real NATS server. */
export class NatsPlatform {
  readonly fake: FakePlatform;
  readonly problems: string[] = [];
  readonly #server: TestNats;
  readonly #links: NatsLink[];
  readonly #stop = new AbortController();
  readonly #ends: Promise<unknown>[] = [];

  private constructor(fake: FakePlatform, server: TestNats, links: NatsLink[]) {
    this.fake = fake;
    this.#server = server;
    this.#links = links;
  }

  /** With the identity of the fake's one machine below `paths`. */
  static async start(fake: FakePlatform, directory: string, paths: AgentPaths): Promise<NatsPlatform> {
    const authority = await createAuthority(join(directory, 'authority'));
    const server = await startNats({ storeDir: join(directory, 'nats'), config: authority.serverConfig });
    const link = async (name: 'machine-manager' | 'service-platform') =>
      connectNats({ name, servers: server.url, credentials: await authority.mintService(name) });
    const [machine, service] = [await link('machine-manager'), await link('service-platform')];
    const platform = new NatsPlatform(fake, server, [machine, service]);
    platform.#serve(machine, service);
    const { seed, publicKey } = ownKey(paths);
    const { machineUid, address } = fake;
    const jwt = await authority.mintAgent(publicKey, machineUid);
    saveIdentity(paths, { machineUid, machine: 'm1', address, server: '', natsUrl: server.url, jwt, seed });
    return platform;
  }

  #serve(machine: NatsLink, service: NatsLink): void {
    const { fake } = this;
    const onProblem = (error: Error): void => void this.problems.push(error.message);
    const onSync = async (request: Parameters<FakePlatform['sync']>[0]) => fake.sync(request);
    const channels = {
      machine: serveAgents(machine, {
        owner: 'machine',
        onSync,
        onProblem,
        onHello: async (hello) => fake.hello(hello),
        onHeartbeat: (beat) => void fake.heartbeats.push(beat),
      }),
      service: serveAgents(service, {
        owner: 'service',
        onSync,
        onProblem,
        onState: async (report) => {
          fake.states.push(report);
          return { ok: true };
        },
        onFetch: async ({ digest, offset, length }) => fake.piece(digest, offset, length),
      }),
    };
    fake.deliver = async (push) => {
      const { generation } = push;
      const nothing = { ok: false, generation, acceptedUpTo: 0, error: { code: 'no-answer', message: '' } } as const;
      return (await channels[push.owner].push(fake.machineUid, push)) ?? nothing;
    };
    fake.ask = (question) => askAgent(service, fake.machineUid, question);
    for (const owner of queueOwners) {
      const handler = async (report: StepReport) => {
        fake.report(report);
        return 'done' as const;
      };
      const link = owner === 'machine' ? machine : service;
      const signal = this.#stop.signal;
      const onPoison = ({ problem }: { readonly problem: string }): void => void this.problems.push(problem);
      this.#ends.push(consumeReports(link, { owner, handler, onPoison, onProblem, signal }));
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#ends);
    await Promise.all(this.#links.map((link) => link.close()));
    await this.#server.stop();
  }
}

let nextAddress = 10;

/** One machine with the built agent as a process of its own, and a platform behind NATS. */
export class ProcessRig {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'yiqiu-agent-process-')));
  readonly paths = new AgentPaths(join(this.directory, 'm1'));
  readonly address = `127.8.${process.pid % 250}.${nextAddress++ % 250}`;
  readonly platform = new FakePlatform(this.address);
  #nats: NatsPlatform | null = null;
  #agent: ChildProcess | null = null;
  #log = '';
  #packages = 0;

  constructor() {
    mkdirSync(this.paths.own, { recursive: true });
  }

  async open(): Promise<void> {
    this.#nats = await NatsPlatform.start(this.platform, this.directory, this.paths);
  }

  /** Starts the agent and waits for its hello. */
  async start(): Promise<number> {
    const hellos = this.platform.hellos.length;
    const child = spawn(process.execPath, [agentBundle, 'run', '--root', this.paths.root], {
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#agent = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#log += chunk.toString()));
    await eventually(`hello: ${this.#log}`, () => this.platform.hellos.length > hellos, 30_000);
    return this.pid;
  }

  get pid(): number {
    if (this.#agent?.pid === undefined) throw new Error('no agent runs');
    return this.#agent.pid;
  }

  get log(): string {
    return this.#log;
  }

  /** Resolves when it has ended. */
  async signalAgent(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#agent;
    this.#agent = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  publish(files: PackageFiles): Promise<TestProgram> {
    this.#packages += 1;
    return publish(this.platform, join(this.directory, `package-${this.#packages}`), files);
  }

  command(program: TestProgram, step: UnitStep, options: CommandOptions = {}): UnitCommand {
    return commandFor(program, this.address, step, options);
  }

  async step(program: TestProgram, step: UnitStep, options: CommandOptions = {}): Promise<StepReport> {
    return this.reported(await this.platform.issue('service', this.command(program, step, options)));
  }

  reported(seq: number): Promise<StepReport> {
    return eventually(`report of ${seq}`, () => this.platform.reportOf('service', seq), 40_000);
  }

  async deploy(program: TestProgram, options: CommandOptions = {}): Promise<void> {
    for (const step of ['install', 'config-changed', 'start'] as const) {
      const { outcome, message, output } = await this.step(program, step, options);
      if (outcome !== 'succeeded') throw new Error(`${step}: ${message}\n${output}`);
    }
  }

  /** What reports from now on say of the home. */
  async nextState(home: string, is: (unit: UnitReport) => boolean): Promise<UnitReport> {
    const from = this.platform.states.length;
    return eventually(`a report of ${home} (${JSON.stringify(this.platform.states.at(-1)?.units)})`, () =>
      this.platform.states
        .slice(from)
        .flatMap(({ units }) => units)
        .find((unit) => unit.home === home && is(unit)),
    );
  }

  /** Living processes of the unit in that home, whatever the agent believes. */
  serversOf(home: string): number[] {
    const own = `YIQIU_UNIT_HOME=${this.paths.home(home)}\0`;
    return pidsBelow(this.paths.root).filter((pid) => {
      const [environment, commandLine] = [readOrEmpty(`/proc/${pid}/environ`), readOrEmpty(`/proc/${pid}/cmdline`)];
      return environment.includes(own) && commandLine.includes('/bin/serve');
    });
  }

  async close(): Promise<void> {
    if (this.#agent?.pid !== undefined) killIfThere(this.#agent.pid, 'SIGCONT');
    await this.signalAgent('SIGKILL');
    for (const pid of pidsBelow(this.directory)) killIfThere(pid);
    await eventually('no process left', () => pidsBelow(this.directory).length === 0);
    await this.#nats?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Empty for a process that ended meanwhile. */
const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Ended meanwhile.
    return '';
  }
};
