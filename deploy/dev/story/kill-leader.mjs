// The machine with the leader of cache/redis is killed, N times in a row (20), under a writer with WAIT 1 through the proxies.
// usage: node kill-leader.mjs [N] [--data DIR]
import { setTimeout as pause } from 'node:timers/promises';
import { bringBack, lostOf, options, Platform, whole } from './platform.mjs';
import { chapter, promise, say, until } from './say.mjs';
import { tellUnderWrites } from './writing.mjs';

const { dataDir, words } = options();
const kills = Number(words[0] ?? 20);
const platform = new Platform(dataDir);
const services = ['cache/redis', 'cache/proxy'];

const allUnits = async () => (await Promise.all(services.map((name) => platform.units(name)))).flat();
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

const kill = async (round, writer, proxies) => {
  const before = await allUnits();
  const leader = before.find(({ leader: leads }) => leads);
  const { machine } = leader;
  const hit = before.filter((unit) => unit.machine === machine);
  chapter(
    `${round} of ${kills}: ${machine} with ${hit.map(({ name, incarnation }) => `${name}#${incarnation}`).join(', ')}`,
  );
  const acknowledged = writer.acknowledged.length;
  writer.longestGapMs = 0;
  const killedAt = Date.now();
  await platform.yiqiu('local', 'kill', machine);
  await pause(100); // what was on its way when it died
  const dead = Date.now();
  await until('writes are acknowledged through a proxy', 90, () => writer.lastAt > dead, 50);
  // From the last acknowledged write on: the command line itself takes seconds to start on a busy machine.
  promise(
    'writes again within 30 s',
    writer.longestGapMs <= 30_000,
    `${(writer.longestGapMs / 1000).toFixed(1)} s without one`,
  );
  await whole(platform, 120);
  promise('both services whole again within 90 s', Date.now() - killedAt <= 90_000, `after ${seconds(killedAt)}`);
  const after = await allUnits();
  const moved = hit.every(({ name, incarnation }) => {
    const now = after.find((unit) => unit.name === name);
    return now !== undefined && now.incarnation > incarnation && now.machine !== machine;
  });
  promise(
    'same ordinals, higher incarnations, other machines',
    moved && after.length === before.length,
    after.map((unit) => `${unit.name}#${unit.incarnation}@${unit.machine}${unit.leader ? '*' : ''}`).join(' '),
  );
  const lost = await lostOf(writer, proxies.targets);
  promise(
    'nothing lost',
    lost.length === 0,
    `${lost.length} of ${writer.acknowledged.length} acknowledged, ${writer.acknowledged.length - acknowledged} of them in this round`,
  );
  const found = await until(
    `${machine} in ERROR with a ticket`,
    60,
    async () => {
      const now = await platform.machine(machine);
      return now.state === 'ERROR' && now.ticket !== null ? now : null;
    },
    500,
  );
  promise('the machine is in ERROR with a ticket', true, found.ticket);
  await bringBack(platform, machine, 120);
  promise('started, repaired: READY', true, `after ${seconds(killedAt)}`);
};

await tellUnderWrites(platform, `${kills} kills of the leader’s machine`, { everyMs: 5 }, async (writer, proxies) => {
  for (let round = 1; round <= kills; round += 1) await kill(round, writer, proxies);
  await writer.stop();
  const lost = await lostOf(writer, proxies.targets);
  say(writer.summary());
  chapter(`${kills} kills: ${writer.acknowledged.length} writes acknowledged by WAIT 1, ${lost.length} lost`);
  promise('no acknowledged write was lost', lost.length === 0, lost.slice(0, 20).join(' '));
});
