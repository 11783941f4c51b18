// Three of five machines stand still within a second, for 60 s: one alarm, the pool frozen, nothing moved; back: the same
// incarnations, leader and pids. usage: node pause-three.mjs [SECONDS] [--data DIR]
import { setTimeout as pause } from 'node:timers/promises';
import { options, Platform, whole } from './platform.mjs';
import { chapter, promise, say, tell, until } from './say.mjs';

const { dataDir, words } = options();
const seconds = Number(words[0] ?? 60);
const platform = new Platform(dataDir);
const never = ['MachineFaultDetected', 'Fenced', 'ContainerEvacuating', 'UnitMigrated', 'LeaderChanged', 'LeaderLost'];

const picture = async () => {
  const units = (await Promise.all(['cache/redis', 'cache/proxy'].map((name) => platform.units(name)))).flat();
  const pids = await platform.programs();
  return units.map(
    ({ name, incarnation, machine, leader }) =>
      `${name}#${incarnation}@${machine}${leader ? '*' : ''} pid ${pids[name]?.join(' ')}`,
  );
};
const openAlarms = async () => (await platform.list('/alarms')).filter(({ until: end }) => end === null);

let paused = [];
await tell(
  'Three machines at once',
  async () => {
    await whole(platform, 60);
    const before = await picture();
    const alarmsBefore = (await openAlarms()).map(({ id }) => id);
    const leader = await platform.leader('cache/redis');
    const others = (await platform.list('/machines'))
      .map(({ name }) => name)
      .filter((name) => name !== leader.machine)
      .sort();
    paused = [leader.machine, ...others.slice(0, 2)];
    const pool = (await platform.machine(leader.machine)).pool;
    chapter(`local pause ${paused.join(' ')}, for ${seconds} s`);
    const since = Date.now();
    await platform.yiqiu('local', 'pause', ...paused);
    await until('the pool is frozen', seconds, async () => (await platform.get(`/pools/${pool}`)).frozen !== null, 500);
    promise(`pool ${pool} is frozen`, true, `after ${((Date.now() - since) / 1000).toFixed(1)} s`);
    await pause(Math.max(0, since + seconds * 1_000 - Date.now()));
    const alarms = (await openAlarms()).filter(({ id }) => !alarmsBefore.includes(id));
    promise('one alarm', alarms.length === 1, alarms.map(({ kind, message }) => `${kind}: ${message}`).join('; '));
    chapter('local resume');
    await platform.yiqiu('local', 'resume', ...paused);
    await until('the pool is thawed', 60, async () => (await platform.get(`/pools/${pool}`)).frozen === null, 500);
    paused = [];
    await whole(platform, 60);
    const moved = (await platform.eventsSince(since)).filter(({ type }) => never.includes(type));
    promise(
      'no fault, no fence, no migration, no other leader',
      moved.length === 0,
      moved.map(({ type, stream }) => `${type} ${stream}`).join(', '),
    );
    const after = await picture();
    promise('same incarnations, machines, leader and pids', after.join() === before.join(), after.join(', '));
    const ended = (await platform.list('/alarms')).find(({ id }) => id === alarms[0]?.id);
    promise('the alarm has ended', ended === undefined || ended.until !== null);
    say('yiqiu events --type PoolFrozen, --type PoolThawed show it');
  },
  async () => {
    if (paused.length > 0) await platform.run('local', 'resume', ...paused);
  },
);
