// A program that leaves a line for everything that is done to its units, so that what happened twice is seen.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pushChanged } from './programs.mjs';

/** Small enough for many units on few machines. */
const packageName = 'crash';

export class Counted {
  #directory = mkdtempSync(join(tmpdir(), 'yiqiu-counted-'));
  #lines = join(this.#directory, 'lines');
  #version = '';

  constructor(platform) {
    this.platform = platform;
    chmodSync(this.#directory, 0o755); // units may have a user of their own
    writeFileSync(this.#lines, '');
    chmodSync(this.#lines, 0o666);
  }

  /** `hello`, whose hooks install and start and whose process each write a line of less than a pipe's atomic size. */
  async push() {
    const shell = (what) => `#!/bin/sh\necho "${what} $YIQIU_UNIT $YIQIU_INCARNATION" >> '${this.#lines}'\n`;
    const perl = readFileSync(join(import.meta.dirname, '..', '..', 'programs', 'hello', 'bin', 'hello.pl'), 'utf8');
    const line = `BEGIN { open(my $to, '>>', '${this.#lines}') or die $!; syswrite($to, "process $ENV{YIQIU_UNIT} $ENV{YIQIU_INCARNATION}\\n"); }`;
    const [shebang, ...body] = perl.split('\n');
    this.#version = await pushChanged(this.platform, 'hello', {
      files: {
        'hooks/install': shell('install'),
        'hooks/start': shell('start'),
        'bin/hello.pl': [shebang, line, ...body].join('\n'),
      },
    });
    const { items } = await this.platform.get('/packages?limit=1000');
    if (items.some(({ name }) => name === packageName)) return;
    const sizes = ['--cpu-milli', '50', '--memory-mib', '32', '--disk-mib', '64', '--ports', '1'];
    await this.platform.yiqiu('package', 'create', packageName, ...sizes);
  }

  /** Applies a group with one service `web`; comes back at once. */
  async apply(group, units) {
    const file = join(this.#directory, `${group}.yaml`);
    writeFileSync(
      file,
      `apiVersion: yiqiu/v1\nkind: Group\nname: ${group}\nservices:\n  web: { program: hello@${this.#version}, package: ${packageName}, pools: [bj01], units: ${units} }\n`,
    );
    await this.platform.yiqiu('apply', '-f', file, '--yes', '--detach');
  }

  /** How often each was done: { 'install g/web/0 1': 1, … } */
  done() {
    const lines = readFileSync(this.#lines, 'utf8').split('\n').filter(Boolean);
    return lines.reduce((counts, line) => ({ ...counts, [line]: (counts[line] ?? 0) + 1 }), {});
  }

  /** What was not done exactly once for one of these units in its incarnation, and what was done to one that is none of them. */
  notOnce(units) {
    const counts = this.done();
    return units.flatMap(({ name, incarnation }) =>
      ['install', 'start', 'process']
        .map((what) => `${what} ${name} ${incarnation}`)
        .filter((line) => counts[line] !== 1)
        .map((line) => `${line}: ${counts[line] ?? 0} times`),
    );
  }

  /** What was done more than once, to whatever unit there ever was. */
  doubled() {
    return Object.entries(this.done())
      .filter(([, count]) => count > 1)
      .map(([line, count]) => `${line}: ${count} times`);
  }

  close() {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
