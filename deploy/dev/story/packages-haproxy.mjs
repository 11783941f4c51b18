// Proxies in front of it: whom they show, whom they send to, what a reload costs.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ask, lostOf, ready, whole } from './cluster.mjs';
import { chapter, promise, say, until } from './say.mjs';
import { Writer } from './writer.mjs';

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

export const proxied = async (service, proxies) => {
  chapter('two proxies: backends, switch, reload');
  proxies.relations = {
    upstream: () => ({ ready: true, service: {}, units: service.units.map((unit) => unit.member()) }),
  };
  for (const ordinal of [0, 1]) await proxies.add({ ordinal, ip: proxies.network.next() }).install();
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
      const unit = await service.add({ ordinal: service.units.length, ip: service.network.next() }).install();
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

export const proxiedFailover = async (service, proxies) => {
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

export const proxiedHandover = async (service, proxies) => {
  chapter('the leader steps down; the proxies leave it at once');
  const next = service.units.find((unit) => unit !== service.leader);
  const seen = { manyMs: 0, since: null, stop: false };
  const watching = (async () => {
    while (!seen.stop) {
      const up = Object.values(await stat(proxies.units[0])).filter((state) => state === 'UP').length;
      seen.since = up > 1 ? (seen.since ?? Date.now()) : null;
      if (seen.since !== null) seen.manyMs = Math.max(seen.manyMs, Date.now() - seen.since);
    }
  })();
  const failed = await service.lead(next);
  promise('it leads', failed.length === 0, failed.map(({ output }) => output).join(''));
  for (const proxy of proxies.units) await until('show stat', 5, shows(proxy, service), 20);
  seen.stop = true;
  await watching;
  promise('two were UP for less than a second', seen.manyMs < 1_000, `${seen.manyMs} ms`);
  await whole(service);
};
