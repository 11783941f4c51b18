import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { AgentPayload, CommandPush } from '@yiqiu/contracts';
import { eventually, Rig } from '../testing/rig.fixture.ts';

jest.setTimeout(60_000);

const init = (name: string): AgentPayload => ({
  kind: 'init-step',
  name,
  check: false,
  run: `echo ${name}`,
  kernel: null,
  user: 'root',
  timeoutMs: 5_000,
  mayReboot: false,
});

describe('pushes that are not to be followed', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = new Rig();
    await rig.start();
    await eventually('the first sync', () => rig.platform.syncs.some(({ owner }) => owner === 'machine'));
    const seq = await rig.platform.issue('machine', init('first'));
    await eventually('its report', () => rig.platform.reportOf('machine', seq));
  });
  afterEach(() => rig.close());

  const push = async (change: Partial<CommandPush>) => {
    const answer = await rig.platform.deliver?.({ ...rig.platform.pushOf('machine', 1), ...change });
    if (answer === undefined) throw new Error('no agent is there');
    return answer;
  };
  const outputs = () =>
    rig.platform.reports.filter(({ owner }) => owner === 'machine').map(({ output }) => output.trim());
  const at = (seq: number, name: string) => ({ seq, startBy: Date.now() + 60_000, payload: init(name) });

  it('an old epoch, once a higher one was seen', async () => {
    expect(await push({ epoch: 4, floor: 1 })).toMatchObject({ ok: true });
    const old = await push({ epoch: 3, floor: 2, commands: [at(2, 'deposed')] });
    expect(old).toMatchObject({ ok: false, acceptedUpTo: 1, error: { code: 'epoch-old' } });
    // The new leader's command of that number is the one that is done.
    Object.assign(rig.platform.queues.machine, { epoch: 4 });
    const seq = await rig.platform.issue('machine', init('elected'));
    await eventually('its report', () => rig.platform.reportOf('machine', seq));
    expect(outputs()).toEqual(['first', 'elected']);
  });

  it('another lineage and an ended generation', async () => {
    const foreign = await push({ lineage: randomUUID(), floor: 2, commands: [at(2, 'foreign')] });
    expect(foreign).toMatchObject({ ok: false, error: { code: 'lineage-refused' } });
    const ended = await push({ generation: 0 as 1, floor: 2, commands: [at(2, 'ended')] });
    expect(ended).toMatchObject({ ok: false, error: { code: 'generation-old' } });
    expect(outputs()).toEqual(['first']);
  });

  it('a gap is asked for, and what is beyond it waits', async () => {
    const { platform } = rig;
    const [second, third] = [platform.enqueue('machine', init('second')), platform.enqueue('machine', init('third'))];
    const asked = platform.syncs.length;
    const answer = await push({ commands: [at(third, 'third')], floor: third });
    expect(answer).toMatchObject({ ok: true, acceptedUpTo: 1 });
    await eventually('the question', () =>
      platform.syncs.slice(asked).some((one) => one.owner === 'machine' && one.lastSeq === 1),
    );
    await eventually('both reports', () => platform.reportOf('machine', second) && platform.reportOf('machine', third));
    expect(outputs()).toEqual(['first', 'second', 'third']);
  });

  it('a command that was done is not done again, its result is reported again', async () => {
    await push({ commands: [at(1, 'again')], floor: 1 });
    await eventually(
      'the second report',
      () => rig.platform.reports.filter(({ seq, owner }) => owner === 'machine' && seq === 1).length === 2,
    );
    expect(outputs()).toEqual(['first', 'first']);
  });

  it('a new journal takes nothing that it did not ask for', async () => {
    await rig.stop();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${rig.paths.journal}${suffix}`, { force: true });
    await rig.start('disconnected');
    // The network is back, and the owner is quicker than the agent's first question.
    rig.transport.connect();
    const answer = await push({ commands: [at(1, 'blind')], floor: 1 });
    expect(answer).toMatchObject({ ok: false, generation: 0, error: { code: 'journal-new' } });
    await eventually('the new generation', () => rig.platform.queues.machine.generation === 2);
    const seq = await rig.platform.issue('machine', init('asked'));
    await eventually('its report', () => rig.platform.reportOf('machine', seq));
    expect(outputs()).toEqual(['first', 'asked']);
  });
});
