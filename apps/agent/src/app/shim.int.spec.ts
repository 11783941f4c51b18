import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AgentPaths } from '../layout/index.ts';
import { writeShim } from './shim.ts';

/** Only root can become another user. */
const asRoot = process.getuid?.() === 0 ? it : it.skip;

describe('yiqiu-agent of hooks', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'yiqiu-shim-'));
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, 'install'), { mode: 0o700 });
    writeFileSync(join(directory, 'install', 'node'), '#!/bin/sh\necho "$(id -un) ran $2"\ntest -r "$1"\n', {
      mode: 0o755,
    });
    writeFileSync(join(directory, 'install', 'agent.mjs'), 'code\n');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (): string => {
    const paths = new AgentPaths(join(directory, 'root'));
    writeShim(paths, join(directory, 'install', 'node'), join(directory, 'install', 'agent.mjs'));
    return paths.bin;
  };

  it('runs where it is installed, if everybody may go there', () => {
    chmodSync(join(directory, 'install'), 0o755);
    const bin = write();
    expect(spawnSync(join(bin, 'yiqiu-agent'), ['this'], { encoding: 'utf8' }).stdout).toMatch(/ ran this$/m);
    expect(existsSync(join(bin, 'node'))).toBe(false);
  });

  asRoot('is brought to the agent’s own where the installation is closed, and follows its upgrades', () => {
    const bin = write();
    const run = () => spawnSync(join(bin, 'yiqiu-agent'), ['this'], { encoding: 'utf8', uid: 65_534, gid: 65_534 });
    expect(run()).toMatchObject({ status: 0, stdout: 'nobody ran this\n' });
    const { ino } = statSync(join(bin, 'node'));
    write();
    expect(statSync(join(bin, 'node')).ino).toBe(ino);
    rmSync(join(directory, 'install', 'node'));
    writeFileSync(join(directory, 'install', 'node'), '#!/bin/sh\necho "the next one"\n', { mode: 0o755 });
    write();
    expect(run().stdout).toBe('the next one\n');
  });
});
