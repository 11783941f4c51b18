// While 10 units are deployed, one part of the platform after another is killed: the deployment completes, and nothing is done
// twice. usage: node crash-parts.mjs [ROUNDS] [--data DIR]
import { setTimeout as pause } from 'node:timers/promises';
import { Counted } from './counted.mjs';
import { isWhole, options, Platform } from './platform.mjs';
import { proveLogs } from './proof.mjs';
import { chapter, promise, tell, until } from './say.mjs';

const { dataDir, words } = options();
const rounds = Number(words[0] ?? 3);
const platform = new Platform(dataDir);
const counted = new Counted(platform);
const parts = ['service-platform', 'resource-platform', 'machine-manager', 'nats', 'postgres', 'gateway'];
const size = 10;
/** The kill falls somewhere into this time after the apply, ms: from the placement to the last processes. */
const withinMs = 2_500;
const group = 'crash';
const destroy = ['destroy', group, '--yes', '--detach'];
const since = Date.now();

const gone = async () => (await platform.list('/groups')).every(({ name }) => name !== group);

const round = async (part, number) => {
  const afterMs = Math.round(Math.random() * withinMs);
  chapter(`${part}, round ${number} of ${rounds}: apply ${size} units, kill -9 after ${afterMs} ms`);
  await counted.apply(group, size);
  await pause(afterMs);
  const states = await platform.units(`${group}/web`).then(
    (units) => units.map(({ state }) => state),
    () => [],
  );
  await platform.fate('kill', part);
  const began = Date.now();
  await until(`${size} units RUNNING`, 120, () => isWhole(platform, `${group}/web`), 250);
  const units = await platform.units(`${group}/web`);
  const running = states.filter((state) => state === 'RUNNING').length;
  promise(
    'it completes',
    true,
    `${running} of ${size} were RUNNING at the kill, all ${((Date.now() - began) / 1_000).toFixed(1)} s after it`,
  );
  const wrong = counted.notOnce(units);
  promise('install, start and process once per incarnation', wrong.length === 0, wrong.join('; '));
  const fates = await platform.fates();
  const processes = units.filter(({ name }) => fates[`unit/${name}`]?.pids.length !== 1);
  promise('one process each', processes.length === 0, processes.map(({ name }) => name).join(' '));
  // The lease of a service that was killed may still run: a change is refused then, and asked for again, as a person would.
  await until('destroy is accepted', 60, async () => [0, 3].includes((await platform.run(...destroy)).code));
  await until(`${group} gone`, 90, gone, 250);
};

await tell(
  'Parts of the platform killed during deployments',
  async () => {
    await counted.push();
    for (const part of parts) for (let number = 1; number <= rounds; number += 1) await round(part, number);
    chapter('the logs');
    const doubled = counted.doubled();
    promise('nothing was done twice to any unit', doubled.length === 0, doubled.join('; '));
    const moved = (await proveLogs(platform)).filter(
      ({ type, time }) => type === 'UnitMigrated' && Date.parse(time) >= since,
    );
    promise('nobody was moved', moved.length === 0, moved.map(({ data }) => data.unit).join(' '));
  },
  async () => {
    await platform.run('destroy', group, '--yes');
    counted.close();
  },
);
