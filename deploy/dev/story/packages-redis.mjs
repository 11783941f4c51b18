// What could lose a write, or let the wrong unit lead.
import { setTimeout as pause } from 'node:timers/promises';
import { ask, follows, lostOf, master, names, ready, replication, whole } from './cluster.mjs';
import { chapter, promise, say, until } from './say.mjs';
import { Writer } from './writer.mjs';

export const firstBoot = async (service) => {
  chapter('first boot: only the seed may lead');
  for (const ordinal of [0, 1, 2])
    await service.add({ ordinal, ip: service.network.next(), seed: ordinal === 1 }).install();
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

export const processKilled = async (service) => {
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

export const machineKilled = async (service, rounds) => {
  chapter(`${rounds} times: the leader’s machine dies under a writer with WAIT 1, its disk with it`);
  const writer = new Writer({ prefix: 'killed', targets: master(service) }).start();
  for (let round = 1; round <= rounds; round += 1) {
    await pause(200 + Math.random() * 800);
    const dead = service.leader;
    await dead.stop('SIGKILL');
    dead.erase();
    // Told that it is the seed, which is said once and not to it: it has to find out that others have data.
    const fresh = service.add({
      ordinal: dead.ordinal,
      incarnation: dead.incarnation + 1,
      ip: service.network.next(),
      seed: true,
    });
    await fresh.install();
    await fresh.start();
    const candidates = await service.candidates();
    promise(
      `round ${round}: only the two old copies may lead`,
      candidates.length === 2 && candidates.every(({ unit }) => unit !== fresh),
      names(candidates),
    );
    // In the last round the empty one is chosen all the same.
    if (round === rounds)
      await until('it answers', 10, async () => (await fresh.check(['{{program.home}}/bin/alive'])).code === 0);
    const failed = round === rounds ? await service.lead(fresh) : [];
    if (failed.length > 0) throw new Error(failed.map(({ output }) => output).join('\n'));
    const leader = round === rounds ? fresh : await service.elect();
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

export const oldOneReturns = async (service) => {
  chapter('a leader that went down comes back believing that it leads');
  const old = service.leader;
  // Nobody copies from it any more: what it takes now is on its disk alone.
  for (const unit of service.units) if (unit !== old) await ask(unit, 'REPLICAOF', service.network.nowhere, 1);
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

export const unsynchronised = async (service) => {
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

export const behindIsChosen = async (service) => {
  chapter('the one that is behind is chosen: it takes first what another member has more');
  const old = service.leader;
  const [behind, ahead] = service.units.filter((unit) => unit !== old);
  await ask(behind, 'REPLICAOF', service.network.nowhere, 1); // cut off: it keeps what it has
  const writer = new Writer({ prefix: 'behind', targets: master(service) }).start();
  await pause(1_000);
  await writer.stop();
  await old.stop('SIGKILL');
  const candidates = await service.candidates();
  if (candidates.length < 2)
    say(`    ${behind.name}: ${(await behind.check(service.program.manifest.leader.eligible.exec)).output.trim()}`);
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

export const handover = async (service) => {
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

export const configured = async (service) => {
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
