import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DatabaseSync } from 'node:sqlite';
import { ProcessRig } from '../testing/agent-process.fixture.ts';
import { serverPackage } from '../testing/package.fixture.ts';
import { eventually, killIfThere, say } from '../testing/rig.fixture.ts';

// The built agent, a real NATS server, real processes, on a machine that is shared: each wait has its own deadline.
jest.setTimeout(240_000);

const home = 'echo_7000';

describe('the agent as a process', () => {
  let rig: ProcessRig;
  beforeEach(async () => {
    rig = new ProcessRig();
    await rig.open();
    await rig.start();
  });
  afterEach(() => rig.close());

  it('kill -9 neither kills nor doubles its unit, wherever it strikes', async () => {
    const slow = { 'hooks/stop': '#!/bin/sh\nsleep 0.2\n', 'hooks/start': '#!/bin/sh\nsleep 0.2\n' };
    const program = await rig.publish(serverPackage(slow));
    await rig.deploy(program);
    const before = await say(rig.address, 7_000);
    await rig.signalAgent('SIGKILL');
    expect(await say(rig.address, 7_000)).toBe(before);
    await rig.start();
    await rig.nextState(home, ({ ready }) => ready);
    expect(await say(rig.address, 7_000)).toBe(before);
    expect(rig.serversOf(home)).toHaveLength(1);

    // In the middle of a restart: later and later, so that each of its parts is struck.
    for (const afterMs of [0, 120, 240, 360, 480, 700]) {
      const seq = await rig.platform.issue('service', rig.command(program, 'restart'));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await rig.signalAgent('SIGKILL');
      await rig.start();
      expect(await rig.reported(seq)).toMatchObject({ outcome: 'succeeded' });
      expect(rig.serversOf(home)).toHaveLength(1);
      expect(await say(rig.address, 7_000)).not.toBeNull();
    }
  });

  it('a unit whose row was deleted and whose process was stopped is reported, and repaired without a second one', async () => {
    const program = await rig.publish(serverPackage());
    await rig.deploy(program);
    const forget = () => {
      const journal = new DatabaseSync(rig.paths.journal);
      journal.exec('PRAGMA busy_timeout = 5000');
      expect(journal.prepare('DELETE FROM unit WHERE home = ?').run(home).changes).toBe(1);
      journal.close();
    };
    const [pid = 0] = rig.serversOf(home);

    // It runs: the next agent finds it, and installing it anew takes it over.
    await rig.signalAgent('SIGKILL');
    forget();
    await rig.start();
    expect(await rig.nextState(home, () => true)).toMatchObject({ process: 'running', pid, ready: false, lastSeq: 0 });
    await rig.deploy(program);
    expect(rig.serversOf(home)).toEqual([pid]);

    await rig.signalAgent('SIGKILL');
    forget();
    killIfThere(pid);
    await rig.start();
    expect(await rig.nextState(home, () => true)).toMatchObject({
      process: 'stopped',
      pid: null,
      lastSeq: 0,
      message: expect.stringContaining('without record'),
    });
    await rig.deploy(program);
    await rig.nextState(home, ({ ready }) => ready);
    expect(rig.serversOf(home)).toHaveLength(1);
  });

  it('a row that is deleted while the agent runs, with the process stopped: it is back by itself, and known again', async () => {
    const program = await rig.publish(serverPackage());
    await rig.deploy(program);
    const [pid = 0] = rig.serversOf(home);
    const journal = new DatabaseSync(rig.paths.journal);
    journal.exec('PRAGMA busy_timeout = 5000');
    journal.prepare('DELETE FROM unit').run();
    killIfThere(pid);
    await eventually('another process', () => rig.serversOf(home).some((one) => one !== pid));
    await rig.nextState(home, ({ ready }) => ready);
    expect(journal.prepare('SELECT count(*) AS n FROM unit').get()).toMatchObject({ n: 1 });
    journal.close();
  });
});
