// `kill -9` of the leader's own process of cache/redis: it is healed without a person, and every key is kept.
// usage: node kill-process.mjs [N] [--data DIR]
import { inOrder, lostOf, options, Platform, whole } from './platform.mjs';
import { chapter, promise, say, until } from './say.mjs';
import { tellUnderWrites } from './writing.mjs';

const { dataDir, words } = options();
const kills = Number(words[0] ?? 3);
const platform = new Platform(dataDir);

const kill = async (round, writer, proxies) => {
  const leader = await platform.leader('cache/redis');
  const before = (await platform.programs())[leader.name];
  chapter(`${round} of ${kills}: kill -9 ${before.join(' ')}, the process of ${leader.name}, which leads`);
  const since = Date.now();
  for (const pid of before) process.kill(Number(pid), 'SIGKILL');
  const killedAt = Date.now();
  await until('writes are acknowledged again', 60, () => writer.lastAt > killedAt + 50, 50);
  const after = await until(
    'its process is another, and both services are whole',
    90,
    async () => {
      const pids = (await platform.programs())[leader.name];
      return pids.length > 0 && !pids.some((pid) => before.includes(pid)) ? pids : null;
    },
    250,
  );
  await whole(platform, 60);
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  promise(
    'healed without a person',
    after.length === before.length,
    `process ${after.join(' ')}, whole after ${seconds} s`,
  );
  const now = (await platform.units('cache/redis')).find(({ name }) => name === leader.name);
  promise(
    'the same unit, on the same machine, in the same incarnation',
    now.incarnation === leader.incarnation && now.machine === leader.machine,
    `${now.name}#${now.incarnation}@${now.machine}`,
  );
  const lost = await lostOf(writer, proxies.targets);
  promise('every key is kept', lost.length === 0, `${writer.acknowledged.length} acknowledged, ${lost.length} lost`);
  const told = await platform.eventsSince(since);
  const mine = told.filter(({ data }) => data.uid === leader.uid || data.unitUid === leader.uid);
  promise(
    'events tell it',
    inOrder(mine, ['UnitHealthChanged', 'UnitHealthChanged']),
    mine.map(({ type }) => type).join(', '),
  );
};

await tellUnderWrites(platform, `${kills} kills of the leader’s process`, { everyMs: 5 }, async (writer, proxies) => {
  for (let round = 1; round <= kills; round += 1) await kill(round, writer, proxies);
  await writer.stop();
  say(writer.summary());
});
