import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepReason, StepReport, UnitCommand, UnitReport, UnitStep } from '@yiqiu/contracts';
import { Agent } from '../app/agent.ts';
import { writeShim } from '../app/shim.ts';
import { AgentPaths } from '../layout/index.ts';
import { silentLog, type Log } from '../log/index.ts';
import { FakePlatform } from './fake-platform.fixture.ts';
import { MemoryTransport } from './memory-transport.fixture.ts';
import { publish, type PackageFiles, type TestProgram } from './package.fixture.ts';

export interface CommandOptions {
  readonly reason?: StepReason;
  readonly changed?: readonly string[];
  readonly config?: UnitCommand['context']['config'];
  readonly relations?: UnitCommand['context']['relations'];
  readonly members?: UnitCommand['context']['members'];
  readonly leader?: UnitCommand['context']['service']['leader'];
  readonly relation?: string;
  readonly member?: string;
  readonly seed?: boolean;
  readonly donor?: string;
  readonly incarnation?: number;
  readonly home?: string;
  readonly unit?: string;
  readonly unitUid?: string;
  readonly port?: number;
}

/** The built agent; hooks find it as `yiqiu-agent`. */
export const agentBundle = join(import.meta.dirname, '..', '..', 'dist', 'yiqiu-agent.mjs');

const firstUid = '01890000-0000-7000-8000-000000000001';

/** A command for a unit of `program`, `cache/echo/0` in home `echo_<port>` unless said otherwise. */
export const commandFor = (
  program: TestProgram,
  address: string,
  step: UnitStep,
  options: CommandOptions = {},
): UnitCommand => {
  const { port = 7_000, incarnation = 1, unit = 'cache/echo/0', config = { greeting: 'hello' } } = options;
  const ports = { tcp: port };
  const place = { name: unit, ordinal: 0, incarnation, ip: address, port, ports };
  return {
    kind: 'unit-step',
    unitUid: options.unitUid ?? firstUid,
    unit,
    incarnation,
    step,
    reason: options.reason ?? 'deploy',
    changed: [...(options.changed ?? [])],
    relation: options.relation ?? null,
    member: options.member ?? null,
    seed: options.seed ?? false,
    donor: options.donor ?? null,
    home: options.home ?? `echo_${port}`,
    address,
    ports,
    program: program.wire,
    context: {
      program: { name: program.wire.name, version: program.wire.version, home: '' },
      unit: { ...place, home: '', leader: false },
      service: { name: 'cache/echo', leader: options.leader ?? null },
      members: options.members ?? [{ ...place, leader: false, ready: false, self: true }],
      group: { name: 'cache' },
      machine: { name: 'm1', address, labels: {}, rack: null, zone: null },
      resources: { cpuMilli: 500, memoryMiB: 256, diskMiB: 1_024 },
      config,
      relations: options.relations ?? {},
    },
  };
};

let nextAddress = 10;

/** One machine's root with an agent in this process and a fake platform. Everything it started is gone after `close`. */
export class Rig {
  readonly directory = realpathSync(mkdtempSync(join(tmpdir(), 'yiqiu-agent-test-')));
  readonly paths = new AgentPaths(join(this.directory, 'm1'));
  readonly address = `127.7.${process.pid % 250}.${nextAddress++ % 250}`;
  readonly platform = new FakePlatform(this.address);
  readonly log: Log;
  transport = new MemoryTransport(this.platform);
  agent: Agent | null = null;
  #packages = 0;

  constructor(log: Log = silentLog) {
    this.log = log;
    mkdirSync(this.paths.own, { recursive: true });
    writeShim(this.paths, process.execPath, agentBundle);
  }

  publish(files: PackageFiles): Promise<TestProgram> {
    this.#packages += 1;
    return publish(this.platform, join(this.directory, `package-${this.#packages}`), files);
  }

  async start(status: 'connected' | 'disconnected' = 'connected'): Promise<Agent> {
    this.transport = new MemoryTransport(this.platform, status);
    const { paths, address, transport, log } = this;
    const { machineUid } = this.platform;
    this.agent = new Agent({ paths, machineUid, address, capacity: null, transport, log });
    await this.agent.start();
    return this.agent;
  }

  async stop(): Promise<void> {
    await this.agent?.stop();
    this.agent = null;
  }

  command(program: TestProgram, step: UnitStep, options: CommandOptions = {}): UnitCommand {
    return commandFor(program, this.address, step, options);
  }

  /** Issues a step and waits for its report. */
  async step(program: TestProgram, step: UnitStep, options: CommandOptions = {}): Promise<StepReport> {
    const seq = await this.platform.issue('service', this.command(program, step, options));
    return this.reported(seq);
  }

  /** The same, which has to succeed. */
  async done(program: TestProgram, step: UnitStep, options: CommandOptions = {}): Promise<StepReport> {
    const report = await this.step(program, step, options);
    if (report.outcome !== 'succeeded') throw new Error(`${step}: ${report.message}\n${report.output}`);
    return report;
  }

  reported(seq: number, deadlineMs = 40_000): Promise<StepReport> {
    return eventually(`report of ${seq}`, () => this.platform.reportOf('service', seq), deadlineMs);
  }

  /** Installs, configures, starts: each has to succeed. */
  async deploy(program: TestProgram, options: CommandOptions = {}): Promise<void> {
    for (const step of ['install', 'config-changed', 'start', 'relation-changed'] as const) {
      await this.done(program, step, options);
    }
  }

  /** What the newest state report says of the unit in that home. */
  lastState(home: string): UnitReport | undefined {
    return this.platform.states.at(-1)?.units.find((unit) => unit.home === home);
  }

  async close(): Promise<void> {
    await this.stop();
    for (const pid of pidsBelow(this.directory)) killIfThere(pid);
    await eventually('no process left', () => pidsBelow(this.directory).length === 0);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Pids of all living processes whose environment names a home below the directory. */
export const pidsBelow = (directory: string): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const environment = readOrEmpty(`/proc/${pid}/environ`);
      return environment.includes(`YIQIU_UNIT_HOME=${directory}/`) || environment.includes(`PATH=${directory}/`);
    });

const readOrEmpty = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Ended meanwhile.
    return '';
  }
};

export const killIfThere = (pid: number, signal: NodeJS.Signals = 'SIGKILL'): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended meanwhile.
  }
};

/** Looks until it is there; throws after the deadline, ms. */
export const eventually = async <T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = 20_000,
): Promise<Exclude<T, false | null | undefined>> => {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const value = await look();
    if (isThere(value)) return value;
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

const isThere = <T>(value: T): value is Exclude<T, false | null | undefined> =>
  value !== false && value !== null && value !== undefined;

/** The line that the test server answers with, or null where nobody answers. */
export const say = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect({ host, port });
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text === '' ? null : text.trim()));
    socket.on('error', () => socket.destroy());
  });
