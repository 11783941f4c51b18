// The machine of the leader alone stands still for 60 s: its units are fenced (their processes killed and seen dead), then the
// leader is moved and the units migrate; back: it starts nothing by itself, its old copies are stale. usage: node pause-one.mjs
// [SECONDS] [--data DIR]
import { setTimeout as pause } from 'node:timers/promises';
import { bringBack, lives, lostOf, options, Platform, proxyTargets, whole } from './platform.mjs';
import { chapter, promise, tell, until } from './say.mjs';
import { Writer } from './writer.mjs';

const { dataDir, words } = options();
const seconds = Number(words[0] ?? 60);
const platform = new Platform(dataDir);
const proxies = proxyTargets(platform);

const unitsOn = async (machine) =>
  (await Promise.all(['cache/redis', 'cache/proxy'].map((name) => platform.units(name))))
    .flat()
    .filter((unit) => unit.machine === machine);

let machine = null;
let writer = null;
await tell(
  'One machine alone',
  async () => {
    await whole(platform, 60);
    const leader = await platform.leader('cache/redis');
    machine = leader.machine;
    const { uid } = await platform.machine(machine);
    const hit = await unitsOn(machine);
    const programs = await platform.programs();
    const pids = hit.flatMap(({ name }) => programs[name]);
    writer = new Writer({ prefix: `story-${Date.now()}`, targets: proxies.targets, everyMs: 5 }).start();
    await until('the first write is acknowledged', 30, () => writer.acknowledged.length > 0);
    chapter(`local pause ${machine} (${hit.map(({ name }) => name).join(', ')}), for ${seconds} s`);
    const since = Date.now();
    await platform.yiqiu('local', 'pause', machine);
    const events = await until(
      'units migrated, another leader',
      seconds,
      async () => {
        const found = await platform.eventsSince(since);
        const done =
          found.some(({ type }) => type === 'LeaderChanged') &&
          found.filter(({ type }) => type === 'UnitMigrated').length >= hit.length;
        return done ? found : null;
      },
      500,
    );
    promise('leader moved and units migrated', true, `after ${((Date.now() - since) / 1000).toFixed(1)} s`);
    const order = events.map(({ type }) => type);
    const fence = events.find(({ type, data }) => type === 'Fenced' && data.uid === uid);
    promise('fenced by the local driver', fence?.data.how === 'local', fence?.data.reason ?? 'no Fenced');
    const verified = events.findIndex(({ type, data }) => type === 'UnitMigrated' && data.unit === leader.name);
    promise(
      'the fence came before the leader and its unit moved',
      order.indexOf('Fenced') <
        order.findIndex((type, at) => type === 'LeaderChanged' && events[at].data.leader !== null) &&
        order.indexOf('Fenced') < verified,
    );
    const alive = pids.filter(lives);
    promise(
      'their processes are dead',
      alive.length === 0,
      `${pids.join(' ')}${alive.length === 0 ? '' : `, alive: ${alive.join(' ')}`}`,
    );
    await whole(platform, 90);
    await pause(Math.max(0, since + seconds * 1_000 - Date.now()));
    chapter(`local resume ${machine}`);
    await platform.yiqiu('local', 'resume', machine);
    let started = [];
    for (const end = Date.now() + 15_000; Date.now() < end && started.length === 0; await pause(500))
      started = platform.processesOn(machine);
    promise('its agent starts nothing', started.length === 0, started.join(' '));
    const stale = await until(
      'stale copies are listed',
      60,
      async () => {
        const rows = (await platform.list('/data')).filter((row) => row.machine === machine && row.kind === 'stale');
        return rows.some(({ unit }) => unit === leader.name) ? rows : null;
      },
      500,
    );
    promise(
      'yiqiu data list shows its old copies as stale',
      true,
      stale.map(({ unit, incarnation, path }) => `${unit}#${incarnation} ${path}`).join(', '),
    );
    await bringBack(platform, machine, 120);
    machine = null;
    promise('repaired: READY', true);
    await writer.stop();
    const lost = await lostOf(writer, proxies.targets);
    promise('nothing lost', lost.length === 0, writer.summary());
  },
  async () => {
    if (machine !== null) await platform.run('local', 'resume', machine);
    await writer?.stop();
    proxies.close();
  },
);
