import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { info, Redis } from './resp.mjs';
import { until } from './say.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const cli = join(root, 'apps', 'cli', 'bin', 'yiqiu.mjs');
const restTimeoutMs = 10_000;
const adminTimeoutMs = 3_000;
/** Events of one story, at most. */
const eventsMax = 20_000;

/** `--data DIR` (else YIQIU_DATA, else the platform last started in this checkout) and the words beside it. */
export const options = (argv = process.argv.slice(2)) => {
  const at = argv.indexOf('--data');
  const named = at < 0 ? process.env.YIQIU_DATA : argv[at + 1];
  const words = at < 0 ? argv : argv.filter((_, index) => index !== at && index !== at + 1);
  const last = join(root, '.nx', 'last-platform.json');
  if (named !== undefined && named !== '') return { dataDir: resolve(named), words };
  if (existsSync(last)) return { dataDir: JSON.parse(readFileSync(last, 'utf8')).dataDir, words };
  throw new Error('no platform was started in this checkout: npm start, or --data DIR');
};

/** A running platform, through the surfaces that everybody has: REST, the command line, the units' own addresses. */
export class Platform {
  constructor(dataDir) {
    this.dataDir = dataDir;
    this.file = JSON.parse(readFileSync(join(dataDir, 'platform.json'), 'utf8'));
  }

  async get(path) {
    const response = await fetch(`${this.file.server}/api/v1${path}`, {
      headers: { authorization: `Bearer ${this.file.token}` },
      signal: AbortSignal.timeout(restTimeoutMs),
    });
    const body = await response.json();
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${body.detail ?? JSON.stringify(body)}`);
    return body;
  }

  async list(path) {
    const items = [];
    let cursor = '';
    do {
      const page = await this.get(`${path}${path.includes('?') ? '&' : '?'}limit=1000${cursor}`);
      items.push(...page.items);
      cursor = page.next === null ? '' : `&cursor=${encodeURIComponent(page.next)}`;
    } while (cursor !== '');
    return items;
  }

  /** `yiqiu WORDS…`: { code, stdout, stderr }. */
  run(...words) {
    return new Promise((done) => {
      execFile(
        process.execPath,
        [cli, '--data', this.dataDir, ...words],
        { maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) => done({ code: error === null ? 0 : (error.code ?? 1), stdout, stderr }),
      );
    });
  }

  /** The same; throws unless it exits 0. */
  async yiqiu(...words) {
    const { code, stdout, stderr } = await this.run(...words);
    if (code !== 0) throw new Error(`yiqiu ${words.join(' ')}: exit code ${code}: ${stderr.trim()}`);
    return stdout;
  }

  service(name) {
    const [group, service] = name.split('/');
    return this.get(`/groups/${group}/services/${service}`);
  }

  /** By ordinal. */
  async units(name) {
    const [group, service] = name.split('/');
    const units = await this.list(`/groups/${group}/services/${service}/units`);
    return units.sort((a, b) => a.ordinal - b.ordinal);
  }

  async leader(name) {
    return (await this.units(name)).find(({ leader }) => leader) ?? null;
  }

  machine(name) {
    return this.get(`/machines/${name}`);
  }

  /** All events since a moment (ms since the epoch), oldest first. */
  async eventsSince(sinceMs) {
    const found = [];
    let cursor = '';
    do {
      const page = await this.get(`/events?backwards=true&limit=1000${cursor}`);
      const fresh = page.items.filter(({ time }) => Date.parse(time) >= sinceMs);
      found.push(...fresh);
      cursor = page.next === null || fresh.length < page.items.length ? '' : `&cursor=${encodeURIComponent(page.next)}`;
    } while (cursor !== '' && found.length < eventsMax);
    return found.reverse();
  }

  /** `yiqiu local VERB NAME…` without the command line's own time, over the supervisor's socket: its rows. */
  fate(verb, ...names) {
    return new Promise((done, failed) => {
      process.chdir(this.dataDir); // a socket's name may have 107 bytes at most: relative it always fits
      let text = '';
      const socket = connect({ path: 'fate.sock' }, () => socket.write(`${JSON.stringify({ verb, names })}\n`));
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.once('error', failed);
      socket.once('end', () => {
        const reply = JSON.parse(text);
        if (reply.ok) done(reply.rows);
        else failed(new Error(`local ${verb} ${names.join(' ')}: ${reply.message}`));
      });
    });
  }

  /** { 'unit/cache/redis/0': { state, pids }, … } */
  async fates() {
    const rows = await this.fate('list');
    return Object.fromEntries(rows.map((row) => [row.name, row]));
  }

  /** Pids of a unit's own programs, checks and hooks that happen to run left out: { 'cache/redis/0': [pid, …], … } */
  async programs() {
    const rows = Object.entries(await this.fates()).filter(([name]) => name.startsWith('unit/'));
    return Object.fromEntries(rows.map(([name, { pids }]) => [name.slice('unit/'.length), pids.filter(isProgram)]));
  }

  /** Pids of units' own programs on a machine, whoever started them: known by the unit's home in their environment. */
  processesOn(machine) {
    const mark = `\0YIQIU_UNIT_HOME=${join(this.dataDir, 'machines', machine)}/`;
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .filter((pid) => isProgram(pid) && environmentOf(pid).includes(mark) && lives(pid));
  }

  /** Where a unit lives on this host. */
  home({ machine, uid, name }) {
    const directory = join(this.dataDir, 'machines', machine);
    const home = readdirSync(directory).find((entry) => {
      const owner = join(directory, entry, '.owner');
      return existsSync(owner) && JSON.parse(readFileSync(owner, 'utf8')).unitUid === uid;
    });
    if (home === undefined) throw new Error(`${name} has no home on ${machine}`);
    return join(directory, home);
  }
}

/** Whether events of these types occur among them in this order; others may lie between. */
export const inOrder = (events, types) => {
  let at = 0;
  for (const { type } of events) if (type === types[at]) at += 1;
  return at === types.length;
};

/** Every unit RUNNING, as many as desired, and one leader where it is to have one. */
export const isWhole = async (platform, name, { leader = false } = {}) => {
  const [service, units] = await Promise.all([platform.service(name), platform.units(name)]);
  return (
    units.length === service.desired &&
    units.every(({ state }) => state === 'RUNNING') &&
    (!leader || units.filter((unit) => unit.leader).length === 1)
  );
};

export const whole = (platform, seconds) =>
  until(
    `cache/redis and cache/proxy whole`,
    seconds,
    async () => (await isWhole(platform, 'cache/redis', { leader: true })) && (await isWhole(platform, 'cache/proxy')),
  );

const clientOf = ({ ip, ports }) => ({ host: ip, port: ports.client });

/** Addresses of the proxies, looked up again and again until it is closed: the platform may answer late, or not at all. */
export const proxyTargets = (platform) => {
  let known = [];
  const look = async () => {
    try {
      known = (await platform.units('cache/proxy'))
        .filter(({ ip, ports }) => ip !== null && ports.client !== undefined)
        .map(clientOf);
    } catch (error) {
      if (known.length === 0) process.stderr.write(`proxies: ${error.message}\n`);
    }
  };
  const timer = setInterval(look, 1_000);
  return { targets: async () => (known.length === 0 && (await look()), known), close: () => clearInterval(timer) };
};

/** One question to a unit that speaks redis, on a connection of its own. */
export const ask = async (unit, ...words) => {
  const redis = await Redis.open(clientOf(unit));
  try {
    return await redis.call(...words);
  } finally {
    redis.close();
  }
};

export const replication = async (unit) => {
  const redis = await Redis.open(clientOf(unit));
  try {
    return await info(redis, 'replication');
  } finally {
    redis.close();
  }
};

/** Acknowledged writes that are not there, read through a proxy that is up. */
export const lostOf = async (writer, targets) =>
  until('the writes can be read back', 30, async () => {
    const [first, second = first] = await targets();
    for (const target of [first, second]) {
      const redis = await Redis.open({ ...target, timeoutMs: 5_000 }).catch(() => null);
      if (redis === null) continue;
      try {
        return { lost: await writer.lost(redis) };
      } finally {
        redis.close();
      }
    }
    return null;
  }).then(({ lost }) => lost);

/** What a proxy says to `show stat`: { 'redis-0': 'UP', … } */
export const showStat = async (platform, proxy) => {
  const text = await new Promise((done, failed) => {
    // A socket's name may have 107 bytes at most: relative it always fits.
    process.chdir(join(platform.home(proxy), 'run'));
    let answer = '';
    const socket = connect({ path: 'admin.sock' }, () => socket.write('show stat\n'));
    socket.setTimeout(adminTimeoutMs, () => socket.destroy(new Error(`no answer within ${adminTimeoutMs} ms`)));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.once('error', failed);
    socket.once('end', () => done(answer));
  });
  const rows = text.split('\n').map((line) => line.split(','));
  return Object.fromEntries(
    rows
      .filter(([proxyName, server = 'BACKEND']) => proxyName === 'redis' && !/^(FRONTEND|BACKEND)$/.test(server))
      .map((row) => [row[1], row[17].split(' ')[0]]),
  );
};

const isProgram = (pid) => {
  const status = existsSync(`/proc/${pid}/comm`) ? readFileSync(`/proc/${pid}/comm`, 'utf8').trim() : '';
  return status === 'redis-server' || status === 'haproxy';
};

/** Empty where the process is gone, or not ours to look into. */
const environmentOf = (pid) => {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return '';
    throw error;
  }
};

/** Whether a process lives: there, and no zombie. */
export const lives = (pid) => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
    throw error;
  }
};

/** Brings a machine that is down or in ERROR back to READY. */
export const bringBack = async (platform, machine, seconds) => {
  await platform.yiqiu('local', 'start', machine);
  await until(`${machine} ERROR`, seconds, async () => (await platform.machine(machine)).state === 'ERROR', 500);
  await platform.yiqiu('machine', 'repair', machine, '--yes', '--reason', 'the story is told');
  await until(`${machine} READY`, seconds, async () => (await platform.machine(machine)).state === 'READY', 500);
};
