import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverPackage } from '../testing/package.fixture.ts';
import { eventually, Rig } from '../testing/rig.fixture.ts';

jest.setTimeout(90_000);

const manifest =
  "leader: { eligible: { exec: ['{{program.home}}/bin/can-lead', '{{unit.home}}'], interval: 100ms } }\n";
const canLead = '#!/bin/sh\nset -eu\ncat "$1/data/rank"\n';

describe('leader.eligible', () => {
  let rig: Rig;
  const rankFile = () => join(rig.paths.home('echo_7000'), 'data', 'rank');
  const unit = () => rig.lastState('echo_7000');
  beforeEach(async () => {
    rig = new Rig();
    // Whatever is seen within it was rung for.
    rig.platform.timing = { heartbeatMs: 500, leaseMs: 60_000, stateReportMs: 60_000 };
    await rig.start();
  });
  afterEach(() => rig.close());

  it('is asked from process start on, and each turn is reported at once', async () => {
    const program = await rig.publish(
      serverPackage(
        {
          'bin/can-lead': canLead,
          // Never ready before it is told to be.
          'bin/serve': `#!/bin/sh\nwhile ! test -e data/go; do sleep 0.1; done\nexec perl program/bin/listen "$@"\n`,
          'bin/listen': serverPackage()['bin/serve'] ?? '',
        },
        manifest,
      ),
    );
    await rig.done(program, 'install');
    expect(unit()?.eligible ?? null).toBeNull();
    const start = rig.step(program, 'start');
    const first = await eventually('a first answer', () => unit()?.eligible);
    expect(first).toMatchObject({ ok: false, rank: 0, message: expect.stringContaining('rank') });
    expect(unit()).toMatchObject({ process: 'starting', ready: false });
    writeFileSync(rankFile(), '17\n');
    const turned = await eventually('that it may lead', () => (unit()?.eligible?.ok === true ? unit() : null));
    expect(turned).toMatchObject({ eligible: { ok: true, rank: 17, message: '' }, ready: false });
    writeFileSync(join(rig.paths.home('echo_7000'), 'data', 'go'), '');
    expect((await start).outcome).toBe('succeeded');
    rmSync(rankFile());
    await eventually('that it may not', () => unit()?.eligible?.ok === false);
    writeFileSync(rankFile(), 'much\n');
    await eventually(
      'rank 0 for what is no integer',
      () => unit()?.eligible?.ok === true && unit()?.eligible?.rank === 0,
    );
    await rig.done(program, 'stop');
    await eventually(
      'no answer of what does not run',
      () => unit()?.process === 'stopped' && unit()?.eligible === null,
    );
  });

  it('a rank that moves all the time is reported once a second', async () => {
    const moving = '#!/bin/sh\necho x >> "$1/data/asked"\nwc -l < "$1/data/asked"\n';
    const program = await rig.publish(serverPackage({ 'bin/can-lead': moving }, manifest));
    await rig.deploy(program);
    await eventually('the settled unit', () => unit()?.ready === true && unit()?.eligible?.ok === true);
    // The deployment's own changes are reported too; what is counted begins after them.
    const settled = rig.platform.states.length;
    await eventually('three reports of a settled unit', () => rig.platform.states.length >= settled + 3);
    const since = performance.now();
    const before = rig.platform.states.length;
    const rankBefore = unit()?.eligible?.rank ?? 0;
    await eventually('five more reports', () => rig.platform.states.length >= before + 5);
    expect(performance.now() - since).toBeGreaterThan(2_900);
    // It moved on by more than was reported.
    expect((unit()?.eligible?.rank ?? 0) - rankBefore).toBeGreaterThan(3);
  });

  it('after a loss of contact the next report holds an answer of after it', async () => {
    // Answers only while nobody holds it up: a slow check must not let an old answer through.
    const slow = '#!/bin/sh\nsleep 0.4\necho 5\n';
    const program = await rig.publish(serverPackage({ 'bin/can-lead': slow }, manifest.replace('100ms', '20s')));
    await rig.deploy(program);
    await eventually('a first answer', () => unit()?.eligible?.ok === true);
    rig.transport.disconnect();
    const before = rig.platform.states.length;
    const backAt = Date.now();
    rig.transport.connect();
    await eventually('the next report', () => rig.platform.states.length > before);
    const next = rig.platform.states[before]?.units[0]?.eligible;
    expect(next).toMatchObject({ ok: true, rank: 5 });
    expect(next?.observedAt).toBeGreaterThanOrEqual(backAt);
  });

  it('health.role is shown', async () => {
    const program = await rig.publish(withRole());
    await rig.deploy(program);
    await eventually('the role', () => unit()?.role === 'follower');
  });
});

const withRole = () => {
  const files = serverPackage({ 'bin/role': '#!/bin/sh\necho follower of nobody\n' });
  const role = "  role: { exec: ['{{program.home}}/bin/role'], interval: 200ms }\n";
  return { ...files, 'yiqiu.yaml': `${(files['yiqiu.yaml'] ?? '').trimEnd()}\n${role}` };
};
