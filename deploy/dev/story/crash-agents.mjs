// Agents are killed at random while units are deployed and removed: no unit is killed, doubled or lost.
// usage: node crash-agents.mjs [KILLS] [--data DIR]
import { setTimeout as pause } from 'node:timers/promises';
import { Counted } from './counted.mjs';
import { isWhole, options, Platform } from './platform.mjs';
import { proveLogs } from './proof.mjs';
import { chapter, promise, say, tell, until } from './say.mjs';

const { dataDir, words } = options();
const kills = Number(words[0] ?? 50);
const platform = new Platform(dataDir);
const counted = new Counted(platform);
const steady = { group: 'steady', size: 5 };
const moving = { group: 'moving', size: 10 };
/** Between two kills, ms. */
const everyMs = { least: 200, most: 900 };

const since = Date.now();
let killed = 0;

/** Until enough were killed. */
const killAgents = async () => {
  const machines = (await platform.list('/machines')).map(({ name }) => name);
  while (killed < kills) {
    await pause(everyMs.least + Math.random() * (everyMs.most - everyMs.least));
    await platform.fate('kill', `agent/${machines[Math.floor(Math.random() * machines.length)]}`);
    killed += 1;
  }
};

const pidsOf = async ({ group }) => {
  const fates = await platform.fates();
  const units = await platform.units(`${group}/web`);
  return units.map(({ name }) => `${name} ${fates[`unit/${name}`]?.pids.join('+') ?? 'none'}`);
};

const whole = ({ group, size }) =>
  until(`${size} units of ${group} RUNNING`, 180, () => isWhole(platform, `${group}/web`), 250).catch(async (error) => {
    const units = await platform.units(`${group}/web`);
    const left = units.filter(({ state }) => state !== 'RUNNING');
    throw new Error(
      left
        .map(({ name, state, step, machine, message }) => `${name} ${state} ${step} ${machine}: ${message}`)
        .join('\n'),
      {
        cause: error,
      },
    );
  });

const gone = async () => (await platform.list('/groups')).every(({ name }) => name !== moving.group);

/** Deploys and removes until enough were killed; leaves the group there. */
const deployments = async () => {
  for (let round = 1; ; round += 1) {
    const before = killed;
    await counted.apply(moving.group, moving.size);
    await whole(moving);
    const wrong = counted.notOnce(await platform.units(`${moving.group}/web`));
    promise(
      `deployment ${round} completes, install, start and process once per incarnation`,
      wrong.length === 0,
      wrong.join('; ') || `${killed - before} agents killed meanwhile`,
    );
    if (killed >= kills) return;
    await platform.yiqiu('destroy', moving.group, '--yes', '--detach');
    await until(`${moving.group} gone`, 180, gone, 250);
  }
};

await tell(
  `${kills} agents killed during deployments`,
  async () => {
    await counted.push();
    await counted.apply(steady.group, steady.size);
    await whole(steady);
    const before = await pidsOf(steady);
    chapter(`${kills} kills, one each ${everyMs.least} to ${everyMs.most} ms, while ${moving.size} units come and go`);
    const killing = killAgents();
    await Promise.all([killing, deployments()]);
    await whole(moving);
    await until(
      'all agents connected',
      60,
      async () => (await platform.list('/machines')).every(({ agent }) => agent.connected),
      250,
    );
    const after = await pidsOf(steady);
    promise('units that were there kept their processes', before.join() === after.join(), after.join(', '));
    const units = await platform.list('/units');
    const fates = await platform.fates();
    const rows = Object.keys(fates).filter((name) => /^unit\/(steady|moving)\//.test(name));
    promise(
      'no unit is lost, none is doubled',
      units.filter(({ group }) => [steady.group, moving.group].includes(group)).length === rows.length &&
        rows.every((name) => fates[name].pids.length === 1),
      `${rows.length} processes`,
    );
    const doubled = counted.doubled();
    promise('nothing was done twice to any unit', doubled.length === 0, doubled.join('; '));
    say(`${killed} agents killed`);
    chapter('the logs');
    const moved = (await proveLogs(platform)).filter(
      ({ type, time }) => type === 'UnitMigrated' && Date.parse(time) >= since,
    );
    promise('nobody was moved', moved.length === 0, moved.map(({ data }) => data.unit).join(' '));
  },
  async () => {
    for (const { group } of [moving, steady]) await platform.run('destroy', group, '--yes');
    counted.close();
  },
);
