#!/usr/bin/env node
// `npx yiqiu`: committed, so that it is there right after install. Builds what is missing, runs on Node 24.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
if (!existsSync(main)) {
  const { told } = await import('../../../deploy/dev/steps.mjs');
  const { bootstrap } = await import('../../../deploy/dev/bootstrap.mjs');
  told.stream = process.stderr;
  await bootstrap();
}
// Compiled code is kept, which halves the time to start.
module.enableCompileCache?.(join(tmpdir(), 'yiqiu-compile-cache'));
if (Number(process.versions.node.split('.')[0]) >= 24) await import(main);
else {
  const { node24 } = await import('../../../deploy/dev/steps.mjs');
  // Ctrl-C is for the command; what it makes of it is the exit code.
  process.on('SIGINT', () => undefined);
  const { status, signal } = spawnSync(node24, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(signal === null ? (status ?? 1) : 1);
}
