import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentAnswer, UnitLogsAnswer, UnitLogsQuestion } from '@yiqiu/contracts';
import { serverPackage, type TestProgram } from '../testing/package.fixture.ts';
import { eventually, Rig, say } from '../testing/rig.fixture.ts';

jest.setTimeout(90_000);

const hooks = {
  'hooks/install': '#!/bin/sh\necho "installing"\n',
  'hooks/config-changed':
    '#!/bin/sh\necho "greeting $YIQIU_CONFIG_GREETING"\nwhile [ -e "$YIQIU_UNIT_HOME/wait" ]; do sleep 0.1; done\necho "settled"\n',
};

describe('what a unit printed', () => {
  let rig: Rig;
  let program: TestProgram;
  beforeEach(async () => {
    rig = new Rig();
    await rig.start();
    program = await rig.publish(serverPackage(hooks));
    await rig.deploy(program);
  });
  afterEach(() => rig.close());

  const ask = async (more: Partial<UnitLogsQuestion> = {}): Promise<AgentAnswer> => {
    const { unitUid } = rig.command(program, 'start');
    const question = { kind: 'unit-logs', unitUid, source: 'process', lines: 100, cursor: null, ...more } as const;
    const answer = await rig.platform.ask?.(question);
    if (answer === undefined) throw new Error('no agent is there');
    return answer;
  };
  const read = async (more: Partial<UnitLogsQuestion> = {}): Promise<UnitLogsAnswer> => {
    const answer = await ask(more);
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer;
  };

  it('is told to who asks, and goes on at a cursor; nothing is journalled or reported for it', async () => {
    const reports = rig.platform.reports.length;
    const place = rig.agent?.journal.place('service');
    const first = await read({ lines: 1 });
    expect(first).toMatchObject({ text: 'serving\n', truncated: false, more: false });
    await rig.done(program, 'config-changed', { reason: 'config', config: { greeting: 'hey' }, changed: ['greeting'] });
    await say(rig.address, 7_000);
    await eventually('the reload', async () => (await read({ cursor: first.cursor })).text === 'loaded hey\n');
    expect((await read()).text).toBe('loaded hello\nserving\nloaded hey\n');
    expect(rig.platform.reports.length).toBe(reports + 1);
    expect(rig.agent?.journal.place('service').lastSeq).toBe((place?.lastSeq ?? 0) + 1);
    expect(rig.platform.states.at(-1)?.answers).toEqual(['unit-logs']);
  });

  it('is told of the last run of a hook, while it runs and afterwards, over the agent’s restart, without a word twice', async () => {
    expect((await read({ source: 'install' })).text).toBe('installing\n');
    const wait = join(rig.paths.home('echo_7000'), 'wait');
    writeFileSync(wait, '');
    const changed = { reason: 'config', config: { greeting: 'hey' }, changed: ['greeting'] } as const;
    const seq = await rig.platform.issue('service', rig.command(program, 'config-changed', changed));
    const running = await eventually('the hook to print', async () => {
      const found = await read({ source: 'config-changed' });
      return found.text === 'greeting hey\n' && found;
    });
    await rig.stop();
    await rig.start();
    rmSync(wait);
    await rig.reported(seq);
    const after = await read({ source: 'config-changed', cursor: running.cursor });
    expect(after.text).toBe('settled\n');
    expect((await read({ source: 'config-changed' })).text).toBe('greeting hey\nsettled\n');
    expect(await read({ source: 'stop' })).toMatchObject({ text: '', writtenAt: null });
  });

  it('is refused of a unit that is not here, a hook that is none, and a file that is a link; it goes with the unit', async () => {
    const unitUid = '01890000-0000-7000-8000-0000000000ff';
    expect(await ask({ unitUid })).toMatchObject({ ok: false, error: { code: 'unit-unknown' } });
    expect(await ask({ source: 'nonsense' })).toMatchObject({ ok: false, error: { code: 'malformed' } });
    expect(await ask({ cursor: 'nonsense' })).toMatchObject({ ok: false, error: { code: 'malformed' } });
    const log = join(rig.paths.home('echo_7000'), 'log', 'stdout.log');
    renameSync(log, `${log}.mine`);
    symlinkSync('/etc/passwd', log);
    await expect(ask()).rejects.toThrow('no plain file');
    renameSync(`${log}.mine`, log);
    expect(existsSync(rig.paths.outputs('echo_7000'))).toBe(true);
    await rig.done(program, 'stop');
    await rig.done(program, 'remove');
    expect(existsSync(rig.paths.outputs('echo_7000'))).toBe(false);
    expect(await ask()).toMatchObject({ ok: false, error: { code: 'unit-unknown' } });
  });
});
