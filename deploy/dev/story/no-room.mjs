// A machine dies and there is no room for its unit: the unit says so, its machine is let go all the same. It runs again where
// there is room first: on its own machine, repaired, with its data; or elsewhere. usage: node no-room.mjs [--data DIR]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bringBack, inOrder, isWhole, options, Platform } from './platform.mjs';
import { pushChanged } from './programs.mjs';
import { chapter, promise, tell, until } from './say.mjs';

const platform = new Platform(options().dataDir);
const directory = mkdtempSync(join(tmpdir(), 'yiqiu-story-'));
const group = 'crowded';
const service = `${group}/web`;
const port = 9_321;

const document = (version, units) => `apiVersion: yiqiu/v1
kind: Group
name: ${group}
services:
  web: { program: hello@${version}, package: small, pools: [bj01], units: ${units}, ports: { http: ${port} } }
`;

const unitOf = async (name) => (await platform.units(service)).find((unit) => unit.name === name);
const valueAt = async ({ ip, ports }, init = {}) => {
  const answer = await fetch(`http://${ip}:${ports.http}/values/story`, {
    signal: AbortSignal.timeout(3_000),
    ...init,
  });
  return `${answer.status} ${await answer.text()}`;
};

/** Its machine dies; it waits, and says for what, while the machine is let go. */
const lose = async (unit) => {
  await platform.yiqiu('local', 'kill', unit.machine);
  const { message } = await until(
    `${unit.name} waits for room`,
    90,
    async () => {
      const found = await unitOf(unit.name);
      return /^waits for room/.test(found.message) ? found : null;
    },
    500,
  );
  promise('the unit says what it waits for', message.includes(`until machine ${unit.machine} is READY`), message);
  const status = await platform.yiqiu('status', group);
  promise('yiqiu status says it too', status.includes('waits for room'));
  await until(
    `${unit.machine} is in ERROR`,
    90,
    async () => (await platform.machine(unit.machine)).state === 'ERROR',
    500,
  );
  promise(`${unit.machine} is let go: ERROR`, true);
};

let dead = null;
await tell(
  'No room elsewhere',
  async () => {
    const rebuild = (text) => text.replace("mode: '0750' }", "mode: '0750', onLoss: rebuild }");
    const version = await pushChanged(platform, 'hello', { manifest: rebuild });
    const ready = (await platform.list('/machines')).filter(({ state, pool }) => state === 'READY' && pool === 'bj01');
    const file = join(directory, 'group.yaml');
    writeFileSync(file, document(version, ready.length));
    await platform.yiqiu('apply', '-f', file, '--yes');
    await until('the group runs', 60, () => isWhole(platform, service));
    const [unit] = await platform.units(service);
    await valueAt(unit, { method: 'PUT', body: 'kept' });

    chapter(`local kill ${unit.machine}, with ${unit.name}: port ${port} is taken on the ${ready.length - 1} others`);
    const since = Date.now();
    dead = unit.machine;
    await lose(unit);
    chapter(`local start ${unit.machine}, machine repair`);
    await bringBack(platform, unit.machine, 120);
    dead = null;
    await until('the group runs', 60, () => isWhole(platform, service));
    const back = await unitOf(unit.name);
    promise(
      'on its own machine again, the next incarnation',
      back.machine === unit.machine && back.incarnation === unit.incarnation + 1,
      `${back.name}#${back.incarnation} on ${back.machine}`,
    );
    const value = await valueAt(back);
    promise('with its data', value === '200 kept', value);
    promise(
      'events tell it',
      inOrder(
        (await platform.eventsSince(since)).filter(
          ({ data }) => data.unit === unit.name || data.machineUid === back.machineUid || data.machine === back.machine,
        ),
        ['ContainerWaiting', 'MachineEvacuated', 'ContainerAllocated', 'UnitMigrated', 'UnitReady'],
      ),
    );

    chapter(`local kill ${unit.machine} once more; then scale ${service} ${ready.length - 1}: there is room elsewhere`);
    dead = unit.machine;
    await lose(unit);
    await platform.yiqiu('scale', service, String(ready.length - 1), '--yes', '--reason', 'story', '--detach');
    await until('the group runs', 90, () => isWhole(platform, service));
    const moved = await unitOf(unit.name);
    promise(
      'on another machine, the next incarnation',
      moved.machine !== unit.machine && moved.incarnation === back.incarnation + 1,
      `${moved.name}#${moved.incarnation} on ${moved.machine}`,
    );
    await bringBack(platform, unit.machine, 120);
    dead = null;
    const there = (await platform.list('/containers')).filter(
      (row) => row.machine === unit.machine && row.service === service && row.state !== 'RELEASED',
    );
    promise(
      'its machine, READY again, keeps nothing of it',
      there.length === 0,
      there.map(({ state }) => state).join(),
    );
    await platform.yiqiu('destroy', group, '--yes', '--reason', 'story');
  },
  async () => {
    if (dead !== null) await platform.run('local', 'start', dead);
    rmSync(directory, { recursive: true, force: true });
  },
);
