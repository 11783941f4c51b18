// `config set cache/redis maxmemory=32mb`: in force everywhere, one unit at a time, the leader last, under a writer with WAIT 1
// that loses nothing. usage: node config-roll.mjs [--data DIR]
import { ask, lostOf, options, Platform, whole } from './platform.mjs';
import { chapter, promise, say, until } from './say.mjs';
import { tellUnderWrites } from './writing.mjs';

const platform = new Platform(options().dataDir);
const bytes = { '32mb': 32 * 1024 * 1024, '64mb': 64 * 1024 * 1024 };

const inForce = async (unit) => Number((await ask(unit, 'CONFIG', 'GET', 'maxmemory'))[1]);

/** Sets it, and returns the units in the order in which it came into force: [{ name, at }]. */
const roll = async (units, value) => {
  const order = [];
  let over = false;
  const watching = Promise.all(
    units.map(async (unit) => {
      while (!over) {
        if ((await inForce(unit).catch(() => null)) === bytes[value])
          return order.push({ name: unit.name, at: Date.now() });
        await new Promise((next) => setTimeout(next, 20));
      }
      return null;
    }),
  );
  await platform.yiqiu('config', 'set', 'cache/redis', `maxmemory=${value}`, '--reason', 'story');
  await until('in force everywhere', 30, () => order.length === units.length).finally(() => (over = true));
  await watching;
  return order;
};

await tellUnderWrites(platform, 'A config change rolls over cache/redis', { everyMs: 2 }, async (writer, proxies) => {
  const units = await platform.units('cache/redis');
  for (const value of ['32mb', '64mb']) {
    const leader = await platform.leader('cache/redis');
    if ((await inForce(leader)) === bytes[value]) {
      say(`it is ${value} already`);
      continue;
    }
    chapter(`config set cache/redis maxmemory=${value}`);
    const pids = await platform.programs();
    const order = await roll(units, value);
    const times = order.map(({ name, at }, index) => `${name}${index === 0 ? '' : ` +${at - order[index - 1].at} ms`}`);
    promise('in force everywhere, when the command ends', order.length === units.length, times.join(', '));
    promise('the leader last', order.at(-1).name === leader.name, `${leader.name} leads`);
    // The next one is told only when the one before has said that it is done: never within one look.
    promise(
      'one unit at a time',
      order.every(({ at }, index) => index === 0 || at - order[index - 1].at > 20),
    );
    const now = await platform.programs();
    const same = units.every(({ name }) => now[name].join() === pids[name].join());
    promise('without a restart: it applies live', same);
  }
  await writer.stop();
  const lost = await lostOf(writer, proxies.targets);
  promise('the writer lost nothing', lost.length === 0 && writer.acknowledged.length > 0, writer.summary());
});
