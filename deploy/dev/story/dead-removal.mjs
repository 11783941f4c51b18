// A group is removed while the machine of one of its units is dead: the removal ends, and when the machine is back nothing of
// the group runs there; its data is listed. usage: node dead-removal.mjs [--data DIR]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringBack, inOrder, isWhole, options, Platform } from './platform.mjs';
import { pushChanged } from './programs.mjs';
import { chapter, promise, tell, until } from './say.mjs';

const platform = new Platform(options().dataDir);
const directory = mkdtempSync(join(tmpdir(), 'yiqiu-story-'));
const group = 'leaving';

const document = (version) => `apiVersion: yiqiu/v1
kind: Group
name: ${group}
services:
  web: { program: hello@${version}, package: small, pools: [bj01], units: 3 }
`;

let dead = null;
await tell(
  'A group is removed while a machine of it is dead',
  async () => {
    const file = join(directory, 'group.yaml');
    writeFileSync(file, document(await pushChanged(platform, 'hello', {})));
    await platform.yiqiu('apply', '-f', file, '--yes');
    await until('the group runs', 60, () => isWhole(platform, `${group}/web`));
    const units = await platform.units(`${group}/web`);
    // One that carries nothing of the demo's leader, so that this story is its own.
    const leader = await platform.leader('cache/redis').catch(() => null);
    const unit = units.find(({ machine }) => machine !== leader?.machine) ?? units[0];
    chapter(`local kill ${unit.machine}, with ${unit.name}; destroy ${group} at once`);
    const since = Date.now();
    await platform.yiqiu('local', 'kill', unit.machine);
    dead = unit.machine;
    const gone = await platform.run('destroy', group, '--yes', '--reason', 'story', '--timeout', '3m');
    promise(
      'the removal ends',
      gone.code === 0,
      `exit code ${gone.code} after ${((Date.now() - since) / 1000).toFixed(1)} s ${gone.stderr.trim().split('\n').at(-1)}`,
    );
    promise('the group is unknown', (await platform.run('group', 'show', group)).code === 3);
    await until('its containers are released', 90, async () =>
      (await platform.list('/containers')).every(
        ({ service, state }) => service !== `${group}/web` || state === 'RELEASED',
      ),
    );
    promise('its containers are released', true);
    chapter(`${unit.machine} is started and repaired`);
    await until(
      `${unit.machine} is in ERROR`,
      120,
      async () => (await platform.machine(unit.machine)).state === 'ERROR',
      500,
    );
    await bringBack(platform, unit.machine, 120);
    dead = null;
    promise('READY again', true, `after ${((Date.now() - since) / 1000).toFixed(1)} s`);
    const rows = Object.keys(await platform.fates()).filter((name) => name.startsWith(`unit/${group}/`));
    promise('nothing of it runs anywhere', rows.length === 0, rows.join(' '));
    const data = await until('its data is listed', 60, async () => {
      const found = (await platform.list('/data')).filter(({ unit: name }) => name.startsWith(`${group}/`));
      return found.length >= units.length ? found : null;
    });
    promise(
      'its data is listed',
      true,
      data.map(({ unit: name, machine, kind }) => `${name}@${machine} ${kind}`).join(', '),
    );
    const told = await platform.eventsSince(since);
    const ofUnit = told.filter(({ stream }) => stream === `unit/${unit.uid}`).map(({ type }) => type);
    promise(
      'events tell it',
      inOrder(told, ['UnitRemoved', 'ContainerReleased']),
      `${unit.name}: ${ofUnit.join(', ')}`,
    );
  },
  async () => {
    if (dead !== null) await platform.run('local', 'start', dead);
    rmSync(directory, { recursive: true, force: true });
  },
);
