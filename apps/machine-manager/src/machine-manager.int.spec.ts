import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { log as logStubs, machine as stubs } from '@yiqiu/contracts/grpc';
import { fold, stateHash } from '@yiqiu/kernel';
import { machineDomain } from '@yiqiu/machine-domain';
import { waitFor } from '@yiqiu/testing';
import { createUser } from '@nats-io/nkeys';
import { TestPlatform } from './testing/platform.fixture.ts';

jest.setTimeout(90_000);

const rpc = stubs.MachineServiceService;
const idempotent = { idempotent: true } as const;
const names = ['m1', 'm2', 'm3', 'm4', 'm5'] as const;

let platform: TestPlatform;

beforeAll(async () => {
  platform = await TestPlatform.start(true);
  await platform.createPool('bj01');
}, 120_000);

afterAll(() => platform.stop(), 60_000);

const agent = (name: string) => {
  const found = platform.agents.get(name);
  if (found === undefined) throw new Error(`no agent of ${name}`);
  return found;
};
const ready = (name: string) =>
  platform.until(name, 'READY and heard of', ({ state, suspect }) => state === 'READY' && !suspect);
const typesOf = async (name: string): Promise<string[]> =>
  (await platform.events()).filter(({ data }) => data['name'] === name).map(({ type }) => type);

/** From ERROR_DETECTED on: the resource layer is not there, so a person's ways are all that is left of it. */
const verb = (name: string, what: string, override = false) =>
  platform.peer.call(rpc.changeMachine, { meta: platform.meta('a test'), name, verb: what, override }, idempotent);

describe('joining', () => {
  test('takes a token once; what it gives lets exactly this agent in', async () => {
    const token = await platform.add('m0', 'bj01');
    const [key, other] = [createUser().getPublicKey(), createUser().getPublicKey()];
    const joined = await platform.join(token, key);
    expect(joined).toMatchObject({ machine: 'm0', address: '127.0.0.1', natsUrl: platform.nats.url });
    expect(await platform.join(token, key)).toMatchObject({ machineUid: joined.machineUid });
    await expect(platform.join(token, other)).rejects.toMatchObject({ error: { code: 'join-token-used' } });
    await expect(platform.join('yqj_no', key)).rejects.toMatchObject({ error: { code: 'join-token-unknown' } });
    expect((await platform.show('m0')).operation?.message).toContain('hello');
    await verb('m0', 'discard');
    await expect(platform.show('m0')).rejects.toMatchObject({ error: { code: 'machine-unknown' } });
    await expect(platform.join(token, key)).rejects.toMatchObject({ error: { code: 'join-token-unknown' } });
  });

  test('a hello begins the initialisation, which the agent carries out: READY', async () => {
    await Promise.all(names.map((name) => platform.machine(name, 'bj01')));
    for (const name of names) {
      expect(await ready(name)).toMatchObject({
        agent: { connected: true, version: '0.1.0', lastSeen: expect.any(String) },
        capacity: { cpuMilli: 4_000 },
        possible: ['backup', 'abnormal'],
      });
      expect(agent(name).ran).toEqual(['base']);
    }
    const before = await typesOf('m1');
    expect(await agent('m1').greet()).toMatchObject({
      ...{ ok: true, protocol: 1, machine: { name: 'm1', address: '127.0.0.1' } },
      ...{ timing: { heartbeatMs: 100 }, platformKey: expect.stringContaining('PUBLIC KEY') },
    });
    expect(await typesOf('m1')).toEqual(before); // a mere reconnect is no event
    expect(await agent('m1').greet({ protocol: { min: 7, max: 9 } })).toMatchObject({
      ok: false,
      error: { code: 'protocol-unsupported' },
    });
  });

  test('a wrong kernel leaves a machine NEW, naming wanted and found, over a restart', async () => {
    await platform.createPool('old', '9.9.9');
    const message = 'kernel is 6.1.0, the strategy wants 9.9.9';
    await platform.machine('k1', 'old', {
      outcome: ({ payload }) =>
        payload.kind === 'init-step' && payload.kernel === '9.9.9'
          ? { outcome: 'failed', exitCode: null, message }
          : { outcome: 'succeeded', exitCode: 0, message: '' },
    });
    const failed = { kind: 'init', step: 'kernel-version', state: 'failed', message: `try 1 of 1 failed: ${message}` };
    await platform.until('k1', 'failed', ({ operation }) => operation?.state === 'failed');
    expect(await platform.show('k1')).toMatchObject({ state: 'NEW', operation: failed });
    await platform.stopService();
    await platform.startService();
    expect(await platform.show('k1')).toMatchObject({ state: 'NEW', operation: failed, possible: ['init', 'discard'] });
    await verb('k1', 'init');
    expect(agent('k1').ran.filter((name) => name === 'base').length).toBeGreaterThanOrEqual(1);
    await platform.until(
      'k1',
      'failed again',
      ({ operation }) => operation?.attempt === 2 && operation.state === 'failed',
    );
    await verb('k1', 'discard');
    await agent('k1').close();
  });
});

describe('silence', () => {
  test('makes suspect and clears; of an agent whose machine is up it is never a fault', async () => {
    agent('m1').fallSilent();
    const suspect = await platform.until('m1', 'known to be up', ({ operation }) =>
      (operation?.message ?? '').includes('known to be up'),
    );
    expect(suspect).toMatchObject({ state: 'READY', suspect: true, agent: { connected: false }, health: 'Warning' });
    // Well beyond lease and hold-down: two more looks at least have concluded nothing.
    const since = Date.parse(suspect.agent?.lastSeen ?? '');
    await waitFor(() => Date.now() - since > 6_000, { deadlineMs: 20_000, what: 'lease and hold-down to pass' });
    expect(await platform.show('m1')).toMatchObject({ state: 'READY', suspect: true });
    expect(await platform.alarms()).toEqual([]);
    agent('m1').beat();
    await ready('m1');
    expect((await typesOf('m1')).slice(-2)).toEqual(['MachineSuspected', 'MachineCleared']);
  });

  test('of a machine that does not run is a fault, then it is fenced, tried again until it is', async () => {
    platform.supervisor.failing = 'processes 1, 2 did not end';
    platform.supervisor.power.set('m1', 'down');
    agent('m1').fallSilent();
    const lost = await platform.until('m1', 'waiting for its fence', ({ operation }) =>
      (operation?.message ?? '').includes('fence failed at try'),
    );
    expect(lost).toMatchObject({
      state: 'ERROR_DETECTED',
      faults: [{ rule: 'silence', severity: 'critical' }, { message: expect.stringContaining('does not run') }],
      possible: ['declare-dead'],
    });
    platform.supervisor.failing = null;
    const fences = await waitFor(
      async () => {
        const found = await platform.fences('m1');
        return found.length > 0 ? found : null;
      },
      { deadlineMs: 20_000, what: 'm1 to be fenced' },
    );
    expect(fences).toEqual([
      {
        ...{ id: expect.any(String), machine: 'm1', how: 'local', by: 'local', at: expect.any(String) },
        incarnations: [{ unit: 'cache/redis/0', incarnation: 3 }],
      },
    ]);
    expect(platform.supervisor.fenced).toEqual(['m1']);
    expect(await platform.alarms()).toMatchObject([
      { kind: 'machine-fault', pool: 'bj01', machine: 'm1', message: expect.stringContaining('fenced') },
    ]);
  });

  test('of three in five is one incident: frozen, one alarm, and it thaws by itself', async () => {
    for (const name of ['m2', 'm3', 'm4']) {
      platform.supervisor.power.set(name, 'down');
      agent(name).fallSilent();
    }
    const frozen = await waitFor(async () => (await platform.pool('bj01')).frozen ?? null, {
      deadlineMs: 20_000,
      what: 'the pool to be frozen',
    });
    expect(frozen.reason).toContain('of 5 machines of pool bj01 at once (m1, m2, m3, m4)');
    expect((await platform.alarms()).filter(({ kind }) => kind === 'pool-frozen')).toHaveLength(1);
    for (const name of ['m2', 'm3', 'm4']) {
      expect(await platform.show(name)).toMatchObject({ state: 'READY', suspect: true });
    }
    await expect(verb('m5', 'abnormal')).rejects.toMatchObject({ error: { code: 'blast-radius', kind: 'conflict' } });
    // A restart of the observer changes nothing: it has heard of none of them.
    await platform.stopService();
    await platform.startService();
    await platform.until('m5', 'heard of', (machine) => machine.agent?.connected === true);
    expect((await platform.pool('bj01')).frozen).toBeDefined();
    for (const name of ['m2', 'm3', 'm4']) {
      platform.supervisor.power.set(name, 'up');
      agent(name).beat();
    }
    for (const name of ['m2', 'm3', 'm4']) await ready(name);
    await waitFor(async () => (await platform.pool('bj01')).frozen === undefined, {
      deadlineMs: 20_000,
      what: 'the pool to thaw',
    });
    expect((await platform.alarms()).map(({ kind }) => kind)).toEqual(['machine-fault']);
    expect(await platform.alarms({ state: 'ended' })).toMatchObject([
      { kind: 'pool-frozen', until: expect.any(String) },
    ]);
    await expect(platform.alarms({ state: 'old' })).rejects.toMatchObject({ error: { code: 'filter-invalid' } });
  });

  test('a machine that comes back is heard of, and what is left of it is told by all', async () => {
    platform.supervisor.power.set('m1', 'up');
    await agent('m1').reboot();
    await platform.until('m1', 'heard of', ({ suspect }) => !suspect);
    expect(await platform.show('m1')).toMatchObject({ state: 'ERROR_DETECTED', possible: [] });
    const told = await platform.events();
    const live = await platform.peer.call(logStubs.EventLogServiceService.stateHash, {}, idempotent);
    expect(stateHash(machineDomain.tables(fold(machineDomain, told)))).toBe(live.hash);
  });
});

describe('without a driver that knows it', () => {
  test('a fence waits for a person, loudly, and declare-dead is its proof', async () => {
    platform.supervisor.power.delete('m2');
    agent('m2').fallSilent();
    await platform.until('m2', 'waiting for a person', ({ operation }) =>
      (operation?.message ?? '').includes('waits for declare-dead'),
    );
    expect(await platform.alarms({ machine: 'm2' })).toMatchObject([
      { message: expect.stringContaining('yiqiu machine declare-dead m2') },
    ]);
    const dead = (name: string, verified: string, override = false) =>
      platform.peer.call(
        rpc.declareDead,
        { meta: platform.meta('water in the rack'), name, verified, override },
        idempotent,
      );
    await expect(dead('m5', 'a guess')).rejects.toMatchObject({ error: { code: 'machine-heard' } });
    await expect(dead('m2', '')).rejects.toMatchObject({ error: { kind: 'invalid', errors: [{ field: 'verified' }] } });
    expect(await dead('m2', 'the plug is out')).toMatchObject({ change: { changed: true } });
    expect(await dead('m2', 'the plug is out')).toMatchObject({ change: { changed: false } });
    expect(await platform.fences('m2')).toMatchObject([{ how: 'manual', by: 'user:admin' }]);
  });

  test('a frozen pool is resumed by a person, and goes on', async () => {
    for (const name of ['m3', 'm4']) {
      platform.supervisor.power.set(name, 'down');
      agent(name).fallSilent();
    }
    await waitFor(async () => (await platform.pool('bj01')).frozen !== undefined, {
      deadlineMs: 20_000,
      what: 'the pool to be frozen',
    });
    const resume = () =>
      platform.peer.call(rpc.resumePool, { meta: platform.meta('they are gone'), name: 'bj01' }, idempotent);
    const resumed = await resume();
    expect(resumed).toMatchObject({ change: { changed: true }, pool: { name: 'bj01' } });
    expect(resumed.pool?.frozen).toBeUndefined();
    expect(await resume()).toMatchObject({ change: { changed: false } });
    for (const name of ['m3', 'm4']) {
      await platform.until(name, 'taken for lost', ({ state }) => state === 'ERROR_DETECTED');
    }
    expect((await platform.pool('bj01')).frozen).toBeUndefined();
  });
});
