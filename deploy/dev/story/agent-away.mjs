// An agent alone is held down for 60 s: its machine is known to be up, nothing moves, its units serve on, and what is known of
// them shows its age. usage: node agent-away.mjs [SECONDS] [--data DIR]
import { setTimeout as pause } from 'node:timers/promises';
import { lostOf, options, Platform, proxyTargets, whole } from './platform.mjs';
import { chapter, promise, say, tell, until } from './say.mjs';
import { Writer } from './writer.mjs';

const { dataDir, words } = options();
const seconds = Number(words[0] ?? 60);
const platform = new Platform(dataDir);
const proxies = proxyTargets(platform);
const never = [
  'MachineFaultDetected',
  'Fenced',
  'ContainerEvacuating',
  'UnitMigrated',
  'LeaderChanged',
  'LeaderLost',
  'PoolFrozen',
];

const pidsOf = async (units) => {
  const pids = await platform.programs();
  return units.map(({ name }) => `${name} ${pids[name]?.join(' ')}`).join(', ');
};

let machine = null;
let writer = null;
await tell(
  'An agent alone',
  async () => {
    await whole(platform, 60);
    const leader = await platform.leader('cache/redis');
    machine = leader.machine;
    const units = (await Promise.all(['cache/redis', 'cache/proxy'].map((name) => platform.units(name)))).flat();
    const before = await pidsOf(units);
    writer = new Writer({ prefix: `story-${Date.now()}`, targets: proxies.targets, everyMs: 5 }).start();
    await until('the first write is acknowledged', 30, () => writer.acknowledged.length > 0);
    chapter(`local pause agent/${machine}, for ${seconds} s`);
    const since = Date.now();
    await platform.yiqiu('local', 'pause', `agent/${machine}`);
    let oldest = 0;
    while (Date.now() - since < seconds * 1_000) {
      await pause(1_000);
      const now = (await platform.units('cache/redis')).find(({ name }) => name === leader.name);
      if (now.observedAt !== null) oldest = Math.max(oldest, Date.now() - Date.parse(now.observedAt));
    }
    const status = await platform.yiqiu('status', 'cache');
    const line =
      status
        .split('\n')
        .find((text) => text.includes(leader.name.split('/').slice(1).join('/')) || text.includes(leader.name)) ?? '';
    promise(
      'what is known of its units shows its age',
      oldest > (seconds * 1_000) / 2,
      `observed ${(oldest / 1000).toFixed(0)} s ago; status says:${line}`,
    );
    const moved = (await platform.eventsSince(since)).filter(({ type }) => never.includes(type));
    promise('nothing moved', moved.length === 0, moved.map(({ type, stream }) => `${type} ${stream}`).join(', '));
    promise('its units served on', writer.longestGapMs < 5_000 && Date.now() - writer.lastAt < 2_000, writer.summary());
    chapter(`local resume agent/${machine}`);
    await platform.yiqiu('local', 'resume', `agent/${machine}`);
    await until('it is seen again', 60, async () => (await platform.machine(machine)).agent.connected, 500);
    machine = null;
    await whole(platform, 60);
    promise('same processes', (await pidsOf(units)) === before, before);
    await writer.stop();
    const lost = await lostOf(writer, proxies.targets);
    promise('nothing lost', lost.length === 0);
    say(writer.summary());
  },
  async () => {
    if (machine !== null) await platform.run('local', 'resume', `agent/${machine}`);
    await writer?.stop();
    proxies.close();
  },
);
