// Broken new versions of redis: one whose hook upgrade fails, one that never gets ready. Each stops at the canary, is rolled back,
// and the old one serves all the while, without a manual step. usage: node bad-version.mjs [--data DIR]
import { inOrder, lostOf, options, Platform, whole } from './platform.mjs';
import { pushChanged } from './programs.mjs';
import { chapter, promise, say, until } from './say.mjs';
import { tellUnderWrites } from './writing.mjs';

const platform = new Platform(options().dataDir);
const service = 'cache/redis';

const broken = {
  'whose upgrade fails': {
    files: { 'hooks/upgrade': '#!/bin/sh\necho "no such library: libstory.so.7"\nexit 3\n' },
    told: 'libstory.so.7',
  },
  'that never gets ready': {
    files: { 'bin/ready': '#!/bin/sh\necho "cannot reach the moon"\nexit 1\n' },
    told: 'cannot reach the moon',
  },
};

const upgrade = async (what, { files, told }) => {
  const version = await pushChanged(platform, 'redis', { files });
  const before = await platform.units(service);
  const leader = before.find(({ leader: leads }) => leads);
  const pids = await platform.programs();
  chapter(`upgrade ${service} redis@${version}, a version ${what}`);
  const since = Date.now();
  const { code, stderr } = await platform.run('upgrade', service, `redis@${version}`, '--reason', 'story');
  say(`exit code ${code}: ${stderr.trim().split('\n').slice(-4).join(' | ')}`);
  promise('the command says that it failed, and why', code === 1 && stderr.includes(told));
  await whole(platform, 120);
  const after = await platform.units(service);
  const old = before[0].program;
  promise(
    'the old version everywhere',
    (await platform.service(service)).program === old && after.every(({ program }) => program === old),
    `${old} after ${((Date.now() - since) / 1000).toFixed(1)} s`,
  );
  const events = await platform.eventsSince(since);
  const touched = new Set(
    events
      .filter(({ type, data }) => type === 'StepIssued' && data.unit?.startsWith(`${service}/`))
      .map(({ data }) => data.unit),
  );
  const now = await platform.programs();
  const untouched = before.filter(({ name }) => pids[name].join() === now[name].join()).map(({ name }) => name);
  promise(
    'it stopped at the canary, which does not lead',
    untouched.length >= before.length - 1 && untouched.includes(leader.name),
    `same processes: ${untouched.join(' ')}; steps only on: ${[...touched].join(' ')}`,
  );
  promise(
    'same incarnations',
    after.every(({ incarnation }, at) => incarnation === before[at].incarnation),
  );
  const roll = events.filter(({ type }) => type.startsWith('Deployment'));
  const states = roll
    .filter(({ type }) => type === 'DeploymentFinished')
    .map(({ data }) => `${data.state} (${data.message})`);
  promise('events tell it', inOrder(roll, ['DeploymentStarted', 'DeploymentFinished']), states.join('; '));
};

await tellUnderWrites(platform, 'Broken new versions', { everyMs: 5 }, async (writer, proxies) => {
  for (const [what, how] of Object.entries(broken)) await upgrade(what, how);
  await writer.stop();
  const lost = await lostOf(writer, proxies.targets);
  promise('the old one served all the while', writer.longestGapMs < 5_000 && lost.length === 0, writer.summary());
});
