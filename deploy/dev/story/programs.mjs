// Programs made for one story: a copy of a ready one, changed, under a version of its own.
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ready = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'programs');
/** A story may be told again on the same platform: what was pushed once is never pushed changed. */
const since = Math.floor(Date.now() / 1_000);
let made = 0;

/**
 * Pushes a copy of `program`. `files` maps a path to its new text; a manifest is changed by `manifest(text)`, which gives the
 * new text. Gives its version, a pre-release: no range takes it by itself.
 */
export const pushChanged = async (platform, program, { files = {}, manifest = (text) => text }) => {
  const directory = mkdtempSync(join(tmpdir(), 'yiqiu-story-'));
  try {
    cpSync(join(ready, program), directory, { recursive: true });
    const path = join(directory, 'yiqiu.yaml');
    const text = readFileSync(path, 'utf8');
    const [, release] = /^version: (\d+\.\d+\.\d+)$/m.exec(text);
    const version = `${release}-story.${since + made}`;
    made += 1;
    writeFileSync(path, manifest(text.replace(/^version: .*$/m, `version: ${version}`)));
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(directory, name), content);
      chmodSync(join(directory, name), 0o755);
    }
    await platform.yiqiu('program', 'push', directory);
    return version;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
