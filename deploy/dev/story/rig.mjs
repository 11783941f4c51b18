import { execFile, spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { lintDirectory } from '@yiqiu/program';
import { hookEnvironment, renderArgv, renderTemplate } from '@yiqiu/program/render';
import { say } from './say.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Reads a ready package as the platform would. Throws where lint finds a problem. */
export const loadProgram = async (name) => {
  const directory = join(root, 'deploy', 'programs', name);
  const checked = await lintDirectory(directory);
  if ('problems' in checked) throw new Error(checked.problems.map(({ message }) => message).join('\n'));
  return { directory, manifest: checked.manifest };
};

/** { uid, gid } of a user, as the agent would run what is declared for it; nothing where we are not root. */
const account = (name) => {
  if (process.getuid() !== 0) return {};
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([user]) => user === name);
  if (fields === undefined) throw new Error(`user ${name} does not exist`);
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
};

const defaults = (manifest) =>
  Object.fromEntries(Object.entries(manifest.config.properties).map(([key, schema]) => [key, schema.default ?? null]));

/** A service without a platform: what its units are told is decided here, the units are real. */
export class Service {
  units = [];
  leader = null;
  relations = {};

  constructor({ name, program, directory, network }) {
    this.name = name;
    this.program = program;
    this.directory = directory;
    this.network = network;
    this.config = defaults(program.manifest);
  }

  add({ ordinal, incarnation = 1, ip, seed = false }) {
    const unit = new RigUnit(this, { ordinal, incarnation, ip, seed });
    this.units = [...this.units.filter((other) => other.ordinal !== ordinal), unit].sort(
      (a, b) => a.ordinal - b.ordinal,
    );
    return unit;
  }

  remove(unit) {
    this.units = this.units.filter((other) => other !== unit);
  }

  /** Those whose check passes, best first: [{ unit, rank }]. */
  async candidates() {
    const { eligible } = this.program.manifest.leader;
    const answers = await Promise.all(
      this.units.map(async (unit) => ({ unit, ...(await unit.check(eligible.exec, eligible.timeoutMs)) })),
    );
    return answers
      .filter(({ code }) => code === 0)
      .map(({ unit, stdout }) => ({ unit, rank: Number(stdout.trim()) }))
      .sort((a, b) => b.rank - a.rank || a.unit.ordinal - b.unit.ordinal);
  }

  /** As the platform does: the new leader's hook, then those of all others in parallel. Returns what failed. */
  async lead(unit) {
    this.leader = unit;
    for (const other of this.units) other.render();
    const first = await unit.hook('leader-changed', { reason: 'leader' });
    if (first.code !== 0) return [first];
    const others = this.units.filter((other) => other !== unit && other.isRunning());
    const rest = await Promise.all(others.map((other) => other.hook('leader-changed', { reason: 'leader' })));
    return rest.filter(({ code }) => code !== 0);
  }

  /** Asks all, chooses the best, tells everyone. */
  async elect() {
    const [best] = await this.candidates();
    if (best === undefined) return null;
    const failed = await this.lead(best.unit);
    if (failed.length > 0) throw new Error(`leader-changed failed: ${failed.map(({ output }) => output).join('\n')}`);
    return best.unit;
  }
}

class RigUnit {
  #child = null;
  #files = {};
  #given = false;

  constructor(service, { ordinal, incarnation, ip, seed }) {
    const { manifest } = service.program;
    const port = manifest.ports[0].default;
    Object.assign(this, { service, ordinal, incarnation, ip, seed, port, manifest });
    this.name = `${service.name}/${ordinal}`;
    this.ports = { [manifest.ports[0].name]: port };
    this.home = join(service.directory, `m-${ip}`, `${manifest.name}_${port}`);
  }

  member() {
    const { name, ordinal, incarnation, ip, port, ports } = this;
    return { name, ordinal, incarnation, ip, port, ports, leader: this.service.leader === this };
  }

  context() {
    const { service, manifest } = this;
    const { leader: isLeader, ...self } = this.member();
    const leader = service.leader?.member() ?? null;
    if (leader !== null) delete leader.leader;
    const related = [...manifest.provides, ...manifest.peers, ...manifest.requires].map(({ name }) => [
      name,
      service.relations[name]?.() ?? { ready: false, service: {}, units: [] },
    ]);
    return {
      program: { name: manifest.name, version: manifest.version, home: join(this.home, 'program') },
      unit: { ...self, home: this.home, leader: isLeader },
      service: { name: service.name, leader },
      members: service.units.map((unit) => ({ ...unit.member(), ready: unit.isRunning(), self: unit === this })),
      group: { name: service.name.split('/')[0] },
      machine: { name: `m-${this.ip}`, address: this.ip, labels: {}, rack: null, zone: null },
      resources: { cpuMilli: 500, memoryMiB: 256, diskMiB: 1024 },
      config: service.config,
      relations: Object.fromEntries(related),
    };
  }

  /** Writes what differs; returns those files' names. */
  render() {
    const differs = [];
    for (const { from, to, mode } of this.manifest.templates) {
      const text = renderTemplate(
        readFileSync(join(this.service.program.directory, from), 'utf8'),
        this.context(),
        from,
      );
      if (this.#files[to] === text) continue;
      this.#files[to] = text;
      writeFileSync(join(this.home, to), text, { mode });
      this.#give(to);
      differs.push(to);
    }
    return differs;
  }

  /** To the program's user, which hook install may just have made. */
  #give(path) {
    const { uid, gid } = this.#given ? account(this.manifest.user) : {};
    if (uid !== undefined) chownSync(join(this.home, path), uid, gid);
  }

  #environment(call) {
    const { HOME, PATH } = process.env;
    return { HOME, PATH, ...hookEnvironment(this.context(), { reason: 'deploy', ...call }) };
  }

  #run(argv, call, timeoutMs, user = this.manifest.user) {
    return new Promise((resolve) => {
      const [file, ...args] = argv;
      execFile(
        file,
        args,
        { cwd: this.home, env: this.#environment(call), timeout: timeoutMs, killSignal: 'SIGKILL', ...account(user) },
        (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : (error.code ?? null), stdout, output: `${stdout}${stderr}` }),
      );
    });
  }

  async hook(name, call = {}) {
    const settings = this.manifest.hooks[name];
    if (settings === undefined) return { code: 0, stdout: '', output: '' };
    const result = await this.#run(
      [join(this.home, 'program', 'hooks', name)],
      call,
      settings.timeoutMs,
      settings.user,
    );
    for (const line of result.output.trim().split('\n').filter(Boolean))
      say(`    ${this.name}#${this.incarnation} ${name}: ${line}`);
    return { ...result, output: `${this.name} ${name}: ${result.output}` };
  }

  check(argv, timeoutMs = 5_000) {
    return this.#run(renderArgv(argv, this.context()), {}, timeoutMs);
  }

  async isReady() {
    const { check, timeoutMs } = this.manifest.health.ready;
    return this.isRunning() && (await this.check(check.exec, timeoutMs)).code === 0;
  }

  /** Directories, files, hooks install and init. */
  async install() {
    for (const directory of ['conf', 'log', 'run', ...this.manifest.data.map(({ path }) => path)]) {
      mkdirSync(join(this.home, directory), { recursive: true });
    }
    if (!existsSync(join(this.home, 'program')))
      symlinkSync(this.service.program.directory, join(this.home, 'program'));
    this.render();
    const steps = [await this.hook('install')];
    this.#given = true;
    for (const path of [
      'conf',
      'log',
      'run',
      ...this.manifest.data.map(({ path }) => path),
      ...Object.keys(this.#files),
    ])
      this.#give(path);
    if (this.manifest.data.some(({ path }) => readdirSync(join(this.home, path)).length === 0)) {
      steps.push(await this.hook('init', { seed: this.seed }));
    }
    steps.push(await this.hook('config-changed', { reason: 'deploy' }));
    const failed = steps.filter(({ code }) => code !== 0);
    if (failed.length > 0) throw new Error(failed.map(({ output }) => output).join('\n'));
    return this;
  }

  async start() {
    this.render();
    const begun = await this.hook('start');
    if (begun.code !== 0) throw new Error(begun.output);
    const [file, ...args] = renderArgv(this.manifest.process.command, this.context());
    const log = openSync(join(this.home, 'log', 'stdout.log'), 'a');
    this.#child = spawn(file, args, {
      cwd: this.home,
      env: this.#environment({}),
      detached: true,
      stdio: ['ignore', log, log],
      ...account(this.manifest.user),
    });
    closeSync(log);
    await once(this.#child, 'spawn');
    return this;
  }

  get pid() {
    return this.#child?.pid ?? null;
  }

  isRunning() {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** To the process alone, or to its whole group. */
  signal(signal, group = true) {
    process.kill(group ? -this.#child.pid : this.#child.pid, signal);
  }

  async stop(signal = this.manifest.process.stop.signal) {
    if (!this.isRunning()) return;
    const ended = once(this.#child, 'exit');
    this.signal(signal, signal === 'SIGKILL');
    await ended;
    try {
      this.signal('SIGKILL'); // what it left
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }

  log() {
    return readFileSync(join(this.home, 'log', 'stdout.log'), 'utf8');
  }

  /** With everything on its disk. */
  erase() {
    rmSync(this.home, { recursive: true, force: true });
  }
}
