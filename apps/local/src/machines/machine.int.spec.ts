import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isPaused, processIdentity, spawnSupervised, waitFor, type SupervisedProcess } from '@yiqiu/processes';
import { Registry } from '../data/registry.ts';
import { playFate } from '../fate/fate.ts';
import { Part } from '../parts/part.ts';
import { LocalMachine } from './machine.ts';

let dir: string;
let machine: LocalMachine;
const units: SupervisedProcess[] = [];

const sleeper = (name: string, env: { [name: string]: string }) =>
  spawnSupervised({
    ...{ name, command: '/bin/sleep', args: ['600'], env, logFile: join(dir, 'log') },
    endWithParent: 'SIGKILL',
  });

/** A unit's process, as an agent starts it. */
const unit = async (home: string, name: string, incarnation: number): Promise<SupervisedProcess> => {
  const started = await sleeper(name, {
    YIQIU_UNIT_HOME: join(machine.root, home),
    YIQIU_UNIT: name,
    YIQIU_INCARNATION: String(incarnation),
  });
  units.push(started);
  return started;
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'yiqiu-machine-'));
  const root = join(dir, 'm1');
  mkdirSync(root);
  const registry = new Registry(join(dir, 'processes.json'));
  const agent = new Part(
    {
      ...{ name: 'agent/m1', address: '127.0.1.1', stopSteps: [{ signal: 'SIGTERM', deadlineMs: 5_000 }], alone: true },
      start: () => sleeper('agent/m1', {}),
    },
    registry,
    () => undefined,
  );
  machine = new LocalMachine('m1', '127.0.1.1', root, agent, () => Promise.resolve());
});

afterEach(async () => {
  await machine.kill();
  for (const one of units.splice(0)) await one.kill();
  rmSync(dir, { recursive: true, force: true });
});

const ask = (verb: 'power' | 'fence' | 'pause' | 'resume' | 'kill' | 'start' | 'list', ...names: string[]) =>
  playFate({ parts: [], machines: [machine] }, { verb, names });
const power = async () => {
  const reply = await ask('power', 'm1', 'm9');
  return reply.ok ? reply.power : reply.code;
};
const stateOf = async (name: string) => {
  const reply = await ask('list');
  return reply.ok ? reply.rows.find((row) => row.name === name)?.state : reply.code;
};
const up = [{ name: 'm1', power: 'up' }];
const down = [{ name: 'm1', power: 'down' }];

describe('the power of a local machine', () => {
  it('is up whatever its agent alone does, and down where the whole is off or stands still', async () => {
    expect(await power()).toEqual(down);
    await ask('start', 'm1');
    await unit('redis_6379', 'cache/redis/0', 1);
    expect(await power()).toEqual(up);

    await ask('pause', 'agent/m1');
    await waitFor(() => machine.agent.state() === 'paused', { deadlineMs: 5_000, what: 'the agent to be paused' });
    expect(await power()).toEqual(up);
    expect([await stateOf('m1'), await stateOf('agent/m1')]).toEqual(['running', 'paused']);
    await ask('resume', 'agent/m1');
    await ask('kill', 'agent/m1');
    expect(await power()).toEqual(up);
    await waitFor(() => machine.agent.state() === 'running', { deadlineMs: 10_000, what: 'the agent to be back' });

    await ask('pause', 'm1');
    expect(await power()).toEqual(down);
    expect([await stateOf('m1'), await stateOf('unit/cache/redis/0')]).toEqual(['paused', 'paused']);
    await ask('resume', 'm1');
    expect(await power()).toEqual(up);

    await ask('kill', 'm1');
    expect(await power()).toEqual(down);
    expect(await stateOf('m1')).toBe('stopped');
    await ask('start', 'm1');
    expect(await power()).toEqual(up);
  }, 60_000);

  it('is down where somebody else stopped every process of it', async () => {
    await ask('start', 'm1');
    const redis = await unit('redis_6379', 'cache/redis/0', 1);
    const proxy = await unit('proxy_80', 'cache/proxy/0', 1);
    machine.agent.pause();
    redis.pause();
    expect(await power()).toEqual(up);
    proxy.pause();
    const allStopped = () => isPaused(proxy.pid) && isPaused(redis.pid) && machine.agent.state() === 'paused';
    await waitFor(allStopped, { deadlineMs: 5_000, what: 'all to be paused' });
    expect(await power()).toEqual(down);
  }, 30_000);
});

describe('the fence of a local machine', () => {
  it('ends all its units’ processes, paused ones too, says which, and leaves its agent and other machines alone', async () => {
    await ask('start', 'm1');
    const redis = await unit('redis_6379', 'cache/redis/0', 2);
    const named = await unit('agent_7000', 'mon/agent/0', 1);
    const other = await sleeper('other', {
      YIQIU_UNIT_HOME: join(dir, 'm2', 'redis_6379'),
      YIQIU_UNIT: 'cache/redis/1',
    });
    units.push(other);
    const agentPid = machine.agent.pid();
    await ask('pause', 'm1');
    expect(await ask('fence', 'm1')).toEqual({
      ...{ ok: true, rows: [] },
      fenced: expect.arrayContaining([
        { unit: 'cache/redis/0', incarnation: 2 },
        { unit: 'mon/agent/0', incarnation: 1 },
      ]),
    });
    expect([redis, named].map(({ pid }) => processIdentity(pid))).toEqual([null, null]);
    expect(processIdentity(other.pid)).not.toBeNull();
    expect(machine.agent.pid()).toBe(agentPid);
    expect(machine.agent.state()).toBe('paused');
    expect(await ask('fence', 'm1')).toEqual({ ok: true, rows: [], fenced: [] });
    expect(await ask('fence', 'm9')).toMatchObject({ ok: false, code: 'unknown-name' });
  }, 30_000);
});
