import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ProcessRig } from '../testing/agent-process.fixture.ts';
import { serverPackage } from '../testing/package.fixture.ts';
import { eventually, killIfThere } from '../testing/rig.fixture.ts';

jest.setTimeout(240_000);

const fenced = () => {
  const files = serverPackage();
  return { ...files, 'yiqiu.yaml': (files['yiqiu.yaml'] ?? '').replace('fencing: none', 'fencing: verified') };
};
const second = { unitUid: '01890000-0000-7000-8000-000000000002', unit: 'cache/echo/1', port: 7_001 };
const leaseMs = 2_000;

describe('a machine that stood still for longer than its lease', () => {
  let rig: ProcessRig;
  beforeEach(async () => {
    rig = new ProcessRig();
    rig.platform.timing = { heartbeatMs: 400, leaseMs, stateReportMs: 1_000 };
    await rig.open();
    await rig.start();
  });
  afterEach(() => rig.close());

  const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const pause = () => {
    killIfThere(rig.pid, 'SIGSTOP');
    for (const home of ['echo_7000', 'echo_7001']) for (const pid of rig.serversOf(home)) killIfThere(pid, 'SIGSTOP');
  };
  const resume = () => {
    for (const home of ['echo_7000', 'echo_7001']) for (const pid of rig.serversOf(home)) killIfThere(pid, 'SIGCONT');
    killIfThere(rig.pid, 'SIGCONT');
  };

  it('starts nothing that was fenced meanwhile before its owner says so; what still runs runs on', async () => {
    const program = await rig.publish(fenced());
    await rig.deploy(program);
    await rig.deploy(program, second);
    const [first = 0] = rig.serversOf('echo_7000');
    const [other = 0] = rig.serversOf('echo_7001');
    pause();
    killIfThere(first);
    // A start that came before the fence: it lies in the agent's socket when it wakes up.
    const push = rig.platform.issue('service', rig.command(program, 'start'));
    await passes(2 * leaseMs);
    // Meanwhile it was fenced, and its owner does not want that any more.
    rig.platform.queues.service.pending.splice(0);
    const seq = await push;
    resume();
    expect(await rig.nextState('echo_7000', ({ message }) => message.includes('waits for its owner'))).toMatchObject({
      pid: null,
      ready: false,
    });
    expect(await rig.nextState('echo_7001', ({ ready }) => ready)).toMatchObject({ process: 'running', pid: other });
    // Long enough for every timer that could start it: restart backoff, heartbeats, reports.
    await passes(3_000);
    expect(rig.serversOf('echo_7000')).toEqual([]);
    expect(rig.serversOf('echo_7001')).toEqual([other]);
    expect(await rig.reported(seq)).toMatchObject({
      outcome: 'failed',
      message: 'not started: its owner does not want it any more',
    });
    // Now it does: that is the permit.
    expect(await rig.step(program, 'start')).toMatchObject({ outcome: 'succeeded' });
    expect(rig.serversOf('echo_7000')).toHaveLength(1);
  });

  it('a unit that waited for its next restart waits for its owner, then starts by a new command', async () => {
    const files = fenced();
    const manifest = (files['yiqiu.yaml'] ?? '').replace('backoff: 100ms..500ms', 'backoff: 3s..3s');
    const program = await rig.publish({ ...files, 'yiqiu.yaml': manifest });
    await rig.deploy(program);
    killIfThere(rig.serversOf('echo_7000')[0] ?? 0);
    await rig.nextState('echo_7000', ({ message }) => message.includes('restart 1 in 3000 ms'));
    pause();
    await passes(2 * leaseMs);
    resume();
    await rig.nextState(
      'echo_7000',
      ({ process, message }) => process === 'stopped' && message.includes('waits for its owner'),
    );
    await passes(2_000);
    expect(rig.serversOf('echo_7000')).toEqual([]);
    expect(await rig.step(program, 'start')).toMatchObject({ outcome: 'succeeded' });
    expect(rig.serversOf('echo_7000')).toHaveLength(1);
  });

  it('fencing none: what died meanwhile is started at once', async () => {
    const program = await rig.publish(serverPackage());
    await rig.deploy(program);
    const [pid = 0] = rig.serversOf('echo_7000');
    pause();
    killIfThere(pid);
    await passes(2 * leaseMs);
    resume();
    await eventually('another process', () => rig.serversOf('echo_7000').some((one) => one !== pid));
  });
});
