// The ready packages redis and haproxy with real programs on 127.0.<N>.x and no platform: who leads is decided here, as the
// platform would. usage: node packages.mjs [ROUNDS] [NET]   (Node 24 of the checkout, after a build)
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { info, Redis } from './resp.mjs';
import { loadProgram, Service } from './rig.mjs';
import { chapter, promise, say, tell, until } from './say.mjs';
import { Writer } from './writer.mjs';

const rounds = Number(process.argv[2] ?? 5);
const net = process.argv[3] ?? '127.0.77';
// Deep on purpose: a unit's home may be longer than the name of a Unix socket may be.
const directory = mkdtempSync(join(tmpdir(), `yiqiu-packages-${'deep-'.repeat(16)}`));

chmodSync(directory, 0o755); // the programs' users have to pass

let machines = 0;
const newIp = () => `${net}.${(machines += 1)}`;

const at = (unit) => Redis.open({ host: unit.ip, port: unit.port });
/** One question on a connection of its own. */
const ask = async (unit, ...words) => {
  const redis = await at(unit);
  try {
    return await redis.call(...words);
  } finally {
    redis.close();
  }
};
const replication = async (unit) => {
  const redis = await at(unit);
  try {
    return await info(redis, 'replication');
  } finally {
    redis.close();
  }
};
const lostOf = async (writer, unit) => {
  const redis = await at(unit);
  try {
    return (await writer.lost(redis)).length;
  } finally {
    redis.close();
  }
};
const ready = (unit) => until(`${unit.name} ready`, 30, () => unit.isReady());
const follows = (unit, leader) =>
  until(`${unit.name} follows ${leader.name}`, 30, async () => {
    const is = await replication(unit);
    return is.role === 'slave' && is.master_host === leader.ip && is.master_link_status === 'up';
  });
const whole = (service) =>
  until('every unit ready, all follow the leader', 40, async () => {
    for (const unit of service.units) if (!(await unit.isReady())) return false;
    for (const unit of service.units) if (unit !== service.leader) await follows(unit, service.leader);
    return true;
  });
const names = (candidates) => candidates.map(({ unit, rank }) => `${unit.name} (${rank})`).join(', ') || 'none';
const master = (service) => async () => [{ host: service.leader.ip, port: service.leader.port }];

const firstBoot = async (service) => {
  chapter('first boot: only the seed may lead');
  for (const ordinal of [0, 1, 2]) await service.add({ ordinal, ip: newIp(), seed: ordinal === 1 }).install();
  await Promise.all(service.units.map((unit) => unit.start()));
  for (const unit of service.units) await ready(unit);
  const candidates = await service.candidates();
  promise(
    'exactly the seed passes can-lead',
    candidates.length === 1 && candidates[0].unit.ordinal === 1,
    names(candidates),
  );
  const refused = await ask(service.units[0], 'PING').then(
    () => 'answered',
    (error) => error.code,
  );
  promise('a unit without a leader is closed to the network', refused === 'ECONNREFUSED', refused);
  const wrong = await service.lead(service.units[2]);
  promise(
    'an empty unit that is chosen all the same refuses',
    wrong.length === 1 && /will not lead/.test(wrong[0].output),
  );
  service.leader = null;
  for (const unit of service.units) unit.render();
  const leader = await service.elect();
  await whole(service);
  await ask(leader, 'SET', 'first', 'yes');
  promise(
    'the seed leads and is followed',
    (await ask(service.units[0], 'GET', 'first')) === 'yes' ||
      (await until('copied', 5, async () => (await ask(service.units[0], 'GET', 'first')) === 'yes')),
  );
  const now = await service.candidates();
  promise('now all pass', now.length === 3, names(now));
};

const processKilled = async (service) => {
  chapter('kill -9 of the leader’s process, started again in place');
  const { leader } = service;
  const writer = new Writer({ prefix: 'inplace', targets: master(service), wait: false }).start();
  await pause(1_000);
  await leader.stop('SIGKILL');
  await leader.start();
  await whole(service);
  await until('it writes on', 10, () => Date.now() - writer.lastAt < 200);
  await writer.stop();
  const lost = await lostOf(writer, leader);
  promise('every key is there, WAIT or not', lost === 0, `${lost} lost of ${writer.summary()}`);
  for (const unit of service.units)
    promise(
      `${unit.name} has them all`,
      (await until('copied', 5, async () => (await lostOf(writer, unit)) === 0)) === true,
    );
};

const machineKilled = async (service) => {
  chapter(`${rounds} times: the leader’s machine dies under a writer with WAIT 1, its disk with it`);
  const writer = new Writer({ prefix: 'killed', targets: master(service) }).start();
  for (let round = 1; round <= rounds; round += 1) {
    await pause(200 + Math.random() * 800);
    const dead = service.leader;
    await dead.stop('SIGKILL');
    dead.erase();
    const fresh = service.add({ ordinal: dead.ordinal, incarnation: dead.incarnation + 1, ip: newIp() });
    await fresh.install();
    await fresh.start();
    const candidates = await service.candidates();
    promise(
      `round ${round}: only the two old copies may lead`,
      candidates.length === 2 && candidates.every(({ unit }) => unit !== fresh),
      names(candidates),
    );
    const leader = await service.elect();
    await whole(service);
    const since = Date.now();
    await until('writes are acknowledged again', 10, () => writer.lastAt > since);
    const lost = await lostOf(writer, leader);
    promise(
      `round ${round}: nothing lost`,
      lost === 0,
      `${leader.name}#${leader.incarnation} leads, ${lost} lost of ${writer.acknowledged.length}`,
    );
  }
  await writer.stop();
  for (const unit of service.units)
    promise(`${unit.name} has them all`, (await lostOf(writer, unit)) === 0, writer.summary());
};

const oldOneReturns = async (service) => {
  chapter('a leader that went down comes back believing that it leads');
  const old = service.leader;
  // Nobody copies from it any more: what it takes now is on its disk alone.
  for (const unit of service.units) if (unit !== old) await ask(unit, 'REPLICAOF', net + '.250', 1);
  await ask(old, 'SET', 'diverged', 'yes');
  await old.stop('SIGKILL');
  for (const unit of service.units) if (unit !== old) await ask(unit, 'REPLICAOF', old.ip, old.port);
  await pause(1_500);
  const candidates = await service.candidates();
  say(`    may lead: ${names(candidates)}`);
  const stale = service.leader;
  const leader = candidates[0].unit;
  const told = old.render.bind(old);
  old.render = () => []; // the platform cannot reach it
  await service.lead(leader);
  await ask(leader, 'SET', 'first', 'still');
  await old.start();
  await until('it has looked round', 10, () => /does not lead without the platform/.test(old.log()) || null);
  const is = await until('it follows', 10, async () => replication(old));
  promise('it does not lead, although its files say so', stale === old && is.role === 'slave', is.role);
  old.render = told;
  old.render();
  await old.hook('leader-changed', { reason: 'leader' });
  await whole(service);
  promise('it is a replica, and what only it had is gone', (await ask(old, 'GET', 'diverged')) === null);
  promise('and what the others wrote is there', (await ask(old, 'GET', 'first')) === 'still');
};

const unsynchronised = async (service) => {
  chapter('a unit that is not in step never leads');
  const { leader } = service;
  const [one, other] = service.units.filter((unit) => unit !== leader);
  await one.stop('SIGKILL');
  await leader.stop('SIGKILL');
  await one.start();
  await until('it answers', 10, async () => (await ask(one, 'PING')) === 'PONG');
  const candidates = await service.candidates();
  promise(
    'started from its disk after the leader died: not it',
    candidates.length === 1 && candidates[0].unit === other,
    names(candidates),
  );
  const refused = await one.check(service.program.manifest.leader.eligible.exec);
  say(`    ${one.name}: ${refused.output.trim()}`);
  await leader.start();
  await whole(service);
};

const behindIsChosen = async (service) => {
  chapter('the one that is behind is chosen: it takes first what another member has more');
  const old = service.leader;
  const [behind, ahead] = service.units.filter((unit) => unit !== old);
  await ask(behind, 'REPLICAOF', net + '.250', 1); // cut off: it keeps what it has
  const writer = new Writer({ prefix: 'behind', targets: master(service) }).start();
  await pause(1_000);
  await writer.stop();
  await old.stop('SIGKILL');
  const candidates = await service.candidates();
  promise(
    'the other one has the higher rank',
    candidates[0].unit === ahead && candidates.length === 2,
    names(candidates),
  );
  const failed = await service.lead(behind);
  promise('it leads', failed.length === 0, failed.map(({ output }) => output).join(''));
  const lost = await lostOf(writer, behind);
  promise(`with all that ${ahead.name} had`, lost === 0, `${lost} lost of ${writer.acknowledged.length}`);
  await old.start();
  await whole(service);
};

const handover = async (service) => {
  chapter('a leader steps down under writers that do not WAIT');
  for (let turn = 0; turn < 3; turn += 1) {
    const old = service.leader;
    const writers = [0, 1, 2].map((n) =>
      new Writer({ prefix: `step${turn}.${n}`, targets: master(service), wait: false }).start(),
    );
    await pause(500);
    const next = service.units[(old.ordinal + 1) % 3];
    const failed = await service.lead(next);
    promise(
      `${next.name} takes over from ${old.name}`,
      failed.length === 0,
      failed.map(({ output }) => output).join(''),
    );
    await whole(service);
    await pause(300);
    for (const writer of writers) await writer.stop();
    const lost = (await Promise.all(writers.map((writer) => lostOf(writer, next)))).reduce((a, b) => a + b, 0);
    promise('not one write lost', lost === 0, writers.map((writer) => writer.summary()).join(' | '));
  }
};

const configured = async (service) => {
  chapter('config that applies live, and a leader that is full');
  service.config = { ...service.config, maxmemory: '32mb' };
  for (const unit of service.units) {
    const { pid } = unit;
    unit.render();
    const done = await unit.hook('config-changed', { reason: 'config', changed: ['maxmemory'] });
    const [, now] = await ask(unit, 'CONFIG', 'GET', 'maxmemory');
    promise(
      `${unit.name}: in force, same process`,
      done.code === 0 && now === String(32 * 1024 * 1024) && unit.pid === pid,
      now,
    );
  }
  service.config = { ...service.config, maxmemory: '1mb' };
  for (const unit of service.units) (unit.render(), await unit.hook('config-changed', { reason: 'config' }));
  const { leader } = service;
  const full = await ask(leader, 'SET', 'more', 'x'.repeat(100)).then(
    () => 'taken',
    (error) => error.message.slice(0, 3),
  );
  await leader.stop('SIGKILL');
  await leader.start();
  await whole(service);
  promise('a leader whose memory is full leads again after a start', full === 'OOM', full);
  service.config = { ...service.config, maxmemory: '64mb' };
  for (const unit of service.units) (unit.render(), await unit.hook('config-changed', { reason: 'config' }));
};

/** `show stat` of a proxy: { 'redis-0': 'UP', … } */
const stat = async (proxy) => {
  const { code, stdout, output } = await proxy.check(['{{program.home}}/bin/admin', 'show', 'show stat']);
  if (code !== 0) throw new Error(output);
  const rows = stdout.split('\n').map((line) => line.split(','));
  return Object.fromEntries(
    rows
      .filter(([px, sv]) => px === 'redis' && !/^(FRONTEND|BACKEND)$/.test(sv))
      .map((row) => [row[1], row[17].split(' ')[0]]),
  );
};
const shows = (proxy, service) => async () => {
  const now = await stat(proxy);
  const wanted = service.units.map(({ ordinal }) => `redis-${ordinal}`);
  const up = Object.keys(now).filter((server) => now[server] === 'UP');
  return Object.keys(now).sort().join() === wanted.sort().join() && up.join() === `redis-${service.leader.ordinal}`;
};
const propagate = (proxies) =>
  Promise.all(
    proxies.units.map(async (proxy) => {
      if (proxy.render().length === 0) return;
      const done = await proxy.hook('reload', { reason: 'relation' });
      if (done.code !== 0) throw new Error(done.output);
    }),
  );

const proxied = async (service, proxies) => {
  chapter('two proxies: backends, switch, reload');
  proxies.relations = {
    upstream: () => ({ ready: true, service: {}, units: service.units.map((unit) => unit.member()) }),
  };
  for (const ordinal of [0, 1]) await proxies.add({ ordinal, ip: newIp() }).install();
  for (const proxy of proxies.units) await proxy.start();
  for (const proxy of proxies.units) await ready(proxy);
  const [one, two] = proxies.units;
  for (const proxy of proxies.units) await until('show stat', 5, shows(proxy, service));
  promise('all units listed, exactly the leader UP', true, JSON.stringify(await stat(one)));
  await ask(one, 'SET', 'through', 'the proxy');
  promise('SET through one, GET through the other', (await ask(two, 'GET', 'through')) === 'the proxy');

  const through = async () => proxies.units.map(({ ip, port }) => ({ host: ip, port }));
  const writer = new Writer({ prefix: 'reloads', targets: async () => [(await through())[0]] }).start();
  const connections = { made: 0, failed: [] };
  let busy = true;
  const connecting = (async () => {
    while (busy) {
      connections.made += 1;
      await ask(one, 'SET', 'fresh', connections.made).catch((error) => connections.failed.push(error.message));
    }
  })();
  for (const wanted of [5, 3, 4, 2, 3]) {
    while (service.units.length < wanted) {
      const unit = await service.add({ ordinal: service.units.length, ip: newIp() }).install();
      await unit.start();
    }
    const leaving = service.units.slice(wanted);
    if (leaving.includes(service.leader)) await service.lead(service.units[0]);
    for (const unit of leaving) service.remove(unit);
    for (const unit of service.units) unit.render();
    await whole(service);
    const since = Date.now();
    await propagate(proxies);
    for (const proxy of proxies.units) await until('show stat', 5, shows(proxy, service), 20);
    promise(
      `${wanted} units: both proxies show exactly them`,
      true,
      `${JSON.stringify(await stat(two))} after ${Date.now() - since} ms`,
    );
    for (const unit of leaving) await unit.stop();
  }
  busy = false;
  await connecting;
  await writer.stop();
  const broken = [...writer.errors.keys()];
  const stepped = connections.failed.filter((message) => !/closed|READONLY/.test(message));
  say(
    `    one connection over all reloads: ${writer.summary()}; new connections: ${connections.made}, ${connections.failed.length} failed ${JSON.stringify([...new Set(connections.failed)])}`,
  );
  promise(
    'no connection was lost to a reload',
    broken.every((message) => /closed|READONLY/.test(message)) && stepped.length === 0,
    JSON.stringify(broken),
  );

  const file = join(one.home, 'conf', 'haproxy.cfg');
  const sound = readFileSync(file, 'utf8');
  writeFileSync(file, `${sound}  nonsense\n`);
  const refused = await one.hook('reload', { reason: 'config' });
  writeFileSync(file, sound);
  promise(
    'a broken file is refused with its line, and the proxy serves on',
    refused.code !== 0 && /nonsense/.test(refused.output) && (await ask(one, 'GET', 'through')) === 'the proxy',
  );
};

const proxiedFailover = async (service, proxies) => {
  chapter('the leader dies; the proxies switch as soon as another leads');
  const writer = new Writer({
    prefix: 'failover',
    targets: async () => [{ host: proxies.units[1].ip, port: proxies.units[1].port }],
  }).start();
  await pause(500);
  const dead = service.leader;
  await dead.stop('SIGKILL');
  const leader = await service.elect();
  const since = Date.now();
  await until('writes through the proxy', 10, () => writer.lastAt > since, 10);
  promise(
    'writes through the surviving proxy',
    Date.now() - since < 3_000,
    `${Date.now() - since} ms after the new leader was told`,
  );
  await writer.stop();
  const lost = await lostOf(writer, leader);
  promise('nothing lost', lost === 0, writer.summary());
  await dead.start();
  await whole(service);
  for (const proxy of proxies.units) await until('show stat', 5, shows(proxy, service));
  promise('exactly the new leader UP', true, JSON.stringify(await stat(proxies.units[0])));
};

const all = [];
const story = async () => {
  const service = new Service({
    name: 'cache/redis',
    program: await loadProgram('redis'),
    directory: join(directory, 'redis'),
  });
  const proxies = new Service({
    name: 'cache/proxy',
    program: await loadProgram('haproxy'),
    directory: join(directory, 'proxy'),
  });
  all.push(service, proxies);
  await firstBoot(service);
  await processKilled(service);
  await machineKilled(service);
  await oldOneReturns(service);
  await unsynchronised(service);
  await behindIsChosen(service);
  await handover(service);
  await configured(service);
  await proxied(service, proxies);
  await proxiedFailover(service, proxies);
};

const after = async () => {
  for (const { units } of all) for (const unit of units) await unit.stop('SIGKILL');
  if (process.env.KEEP === undefined) rmSync(directory, { recursive: true, force: true });
  else say(`kept: ${directory}`);
};

await tell('The packages redis and haproxy, without a platform', story, after);
