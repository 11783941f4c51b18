import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const bin = join(import.meta.dirname, '..', 'bin', 'yiqiu.mjs');

const yiqiu = (args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env } });

describe('yiqiu', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'yiqiu-cli-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('says its version, with nothing else on stdout', () => {
    expect(yiqiu(['version'])).toMatchObject({ status: 0, stdout: 'yiqiu 0.1.0\n', stderr: '' });
  });

  it('exits 2 on wrong usage, with what was meant', () => {
    const wrong = yiqiu(['polo']);
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
    expect(wrong.stderr).toContain('Did you mean pool?');
    expect(yiqiu(['local', 'list', '-o', 'xml'], { YIQIU_DATA: dir })).toMatchObject({ status: 2 });
  });

  it('exits 4 where no platform answers, and names the next command', () => {
    for (const args of [
      ['pool', 'list', '--server', 'http://127.0.0.1:1', '--token', 't'],
      ['local', 'list', '--data', dir],
    ]) {
      const answer = yiqiu(args);
      expect(answer).toMatchObject({ status: 4, stdout: '' });
      expect(answer.stderr).toContain('npm start');
    }
  });

  it('writes a package that lints clean and packs the same twice, and refuses a spoilt one', () => {
    const made = join(dir, 'made');
    expect(yiqiu(['program', 'init', made])).toMatchObject({ status: 0 });
    expect(yiqiu(['program', 'lint', made])).toMatchObject({ status: 0 });
    const digests = ['a', 'b'].map(
      (name) => yiqiu(['program', 'pack', made, '--to', join(dir, `${name}.tgz`)]).stdout.split('sha256 ')[1],
    );
    expect(digests[0]).toMatch(/^[0-9a-f]{64}\n$/);
    expect(digests[1]).toBe(digests[0]);
    const spoilt = yiqiu(['program', 'lint', dir]);
    expect(spoilt.status).toBe(1);
    expect(spoilt.stderr).toContain('yiqiu.yaml');
  });
});
