import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { serverPackage } from '../testing/package.fixture.ts';
import { eventually, killIfThere, pidsBelow, Rig, say } from '../testing/rig.fixture.ts';

jest.setTimeout(120_000);

const second = { unitUid: '01890000-0000-7000-8000-000000000002', unit: 'cache/echo/1', port: 7_001 };
const fenced = () => {
  const files = serverPackage();
  return { ...files, 'yiqiu.yaml': (files['yiqiu.yaml'] ?? '').replace('fencing: none', 'fencing: verified') };
};

describe('another boot', () => {
  let rig: Rig;
  const boot = (id: string) => writeFileSync(rig.paths.bootId, `${id}\n`);
  /** The plug is pulled: the agent first, then all it started. */
  const pullThePlug = async () => {
    await rig.stop();
    for (const pid of pidsBelow(rig.directory)) killIfThere(pid);
    await eventually('darkness', () => pidsBelow(rig.directory).length === 0);
  };
  beforeEach(async () => {
    rig = new Rig();
    boot('first');
    await rig.start();
  });
  afterEach(() => rig.close());

  it('without a platform, units with fencing none start from the journal after 10 s; others wait for a permit', async () => {
    const [free, bound] = [await rig.publish(serverPackage()), await rig.publish(fenced())];
    await rig.deploy(free);
    await rig.deploy(bound, second);
    await pullThePlug();
    boot('second');
    const since = performance.now();
    await rig.start('disconnected');
    await eventually('the free one', () => say(rig.address, 7_000), 30_000);
    expect(performance.now() - since).toBeGreaterThan(9_500);
    expect(await say(rig.address, 7_001)).toBeNull();

    // What was accepted in the first boot permits nothing in the second, also once the platform is back.
    rig.transport.connect();
    const report = await eventually('that it waits', () => {
      const unit = rig.lastState('echo_7001');
      return unit?.message.includes('waits for its owner') === true ? unit : null;
    });
    expect(report).toMatchObject({ process: 'stopped', incarnation: 1 });
    expect(await say(rig.address, 7_001)).toBeNull();
    await rig.done(bound, 'start', { ...second, reason: 'boot' });
    expect(await say(rig.address, 7_001)).not.toBeNull();
  });

  it('with a platform that knows what is here, its word is waited for', async () => {
    const program = await rig.publish(serverPackage());
    await rig.deploy(program);
    await pullThePlug();
    boot('second');
    const agent = await rig.start();
    expect(await agent.link.reached(20_000)).toBe(true);
    await eventually('that it is stopped', () => rig.lastState('echo_7000')?.process === 'stopped');
    expect(await say(rig.address, 7_000)).toBeNull();
    await rig.done(program, 'start', { reason: 'boot' });
    expect(await say(rig.address, 7_000)).not.toBeNull();
  });

  it('a start that was at work when the plug was pulled goes on once its owner sends it again', async () => {
    const slow = { ...fenced(), 'hooks/start': '#!/bin/sh\ntest -e data/go || sleep 300\n' };
    const program = await rig.publish(slow);
    await rig.done(program, 'install');
    const seq = await rig.platform.issue('service', rig.command(program, 'start'));
    await eventually('hook start', () => pidsBelow(rig.directory).length > 0);
    await pullThePlug();
    writeFileSync(`${rig.paths.home('echo_7000')}/data/go`, '');
    boot('second');
    await rig.start();
    expect(await rig.reported(seq)).toMatchObject({ outcome: 'succeeded' });
    expect(await say(rig.address, 7_000)).not.toBeNull();
  });
});
