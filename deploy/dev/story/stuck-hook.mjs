// A hook that sleeps for ever: its deadline, its output, `unit retry` and `unit skip`. usage: node stuck-hook.mjs [--data DIR]
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inOrder, options, Platform } from './platform.mjs';
import { pushChanged } from './programs.mjs';
import { chapter, promise, say, tell, until } from './say.mjs';

const platform = new Platform(options().dataDir);
const directory = mkdtempSync(join(tmpdir(), 'yiqiu-story-'));
const mended = join(directory, 'mended');
const group = 'sleepy';

const install = `#!/bin/sh
test -e ${mended} && { echo "the disk answers again"; exit 0; }
echo "waiting for a disk that does not answer"
sleep 1000000
`;

const document = (version) => `apiVersion: yiqiu/v1
kind: Group
name: ${group}
services:
  web: { program: hello@${version}, package: small, pools: [bj01], units: 2 }
`;

const unit = async (ordinal) => (await platform.units(`${group}/web`)).find((found) => found.ordinal === ordinal);
const failed = async (ordinal) => {
  const found = await unit(ordinal);
  return found?.state === 'FAILED' ? found : null;
};

await tell(
  'A hook that sleeps for ever',
  async () => {
    const version = await pushChanged(platform, 'hello', {
      files: { 'hooks/install': install },
      manifest: (text) => text.replace('install: { timeout: 30s }', 'install: { timeout: 3s }'),
    });
    const file = join(directory, 'group.yaml');
    writeFileSync(file, document(version));
    chapter(`apply a group of two whose install sleeps for ever; its deadline is 3 s`);
    const since = Date.now();
    await platform.yiqiu('apply', '-f', file, '--yes', '--detach');
    const units = await until(
      'both units FAILED',
      60,
      async () => {
        const found = await Promise.all([failed(0), failed(1)]);
        return found.every((each) => each !== null) ? found : null;
      },
      250,
    );
    const seconds = ((Date.now() - since) / 1000).toFixed(1);
    promise(
      'it ends by its deadline, and says so with its output',
      units.every(({ message }) => /deadline/.test(message) && message.includes('a disk that does not answer')),
      `after ${seconds} s, ${units[0].step}: ${units[0].message.replaceAll('\n', ' | ')}`,
    );
    const status = await platform.yiqiu('status', group);
    promise('status shows it', /FAILED/.test(status) && /unit retry/.test(status), status.trim().split('\n').at(-1));
    chapter('unit retry, while nothing is mended');
    const again = await platform.run('unit', 'retry', `${group}/web/0`, '--reason', 'perhaps it answers now');
    promise(
      'it fails again, and the command says why',
      again.code === 1 && /deadline/.test(again.stderr),
      again.stderr.trim(),
    );
    chapter('unit retry, when it is mended');
    writeFileSync(mended, '');
    await platform.yiqiu('unit', 'retry', `${group}/web/0`, '--reason', 'the disk is back');
    await until('unit 0 RUNNING', 60, async () => (await unit(0)).state === 'RUNNING');
    promise('RUNNING', true, `${group}/web/0`);
    rmSync(mended);
    chapter('unit skip');
    const bare = await platform.run('unit', 'skip', `${group}/web/1`);
    promise('it wants a reason', bare.code !== 0 && /reason/.test(bare.stderr), bare.stderr.trim().split('\n')[0]);
    await platform.yiqiu('unit', 'skip', `${group}/web/1`, '--reason', 'perl is there anyway');
    await until('unit 1 RUNNING', 60, async () => (await unit(1)).state === 'RUNNING');
    const { ip, ports } = await unit(1);
    const answer = await fetch(`http://${ip}:${ports.http}/`).then(
      (response) => response.text(),
      (error) => `${error.message}: ${error.cause?.message}`,
    );
    promise('RUNNING without the step, and it serves', answer.includes('hello'), answer.trim());
    const uids = (await platform.units(`${group}/web`)).map(({ uid }) => uid);
    const told = (await platform.eventsSince(since)).filter(({ stream }) =>
      uids.some((uid) => stream === `unit/${uid}`),
    );
    const ofUnit = (at) => told.filter(({ stream }) => stream === `unit/${uids[at]}`);
    promise(
      'events tell it',
      inOrder(ofUnit(0), [
        'UnitBound',
        'StepIssued',
        'StepFailed',
        'StepIssued',
        'StepFailed',
        'StepIssued',
        'StepSucceeded',
        'UnitReady',
      ]) && inOrder(ofUnit(1), ['UnitBound', 'StepIssued', 'StepFailed', 'StepSkipped', 'StepIssued', 'UnitReady']),
      ofUnit(1)
        .map(({ type }) => type)
        .join(', '),
    );
    const skipped = ofUnit(1).find(({ type }) => type === 'StepSkipped');
    say(`skipped by ${skipped?.meta.actor}: ${skipped?.data.reason}`);
  },
  async () => {
    if (existsSync(directory)) rmSync(directory, { recursive: true, force: true });
    await platform.run('destroy', group, '--yes');
  },
);
