// `npm run bench`: set-up, then the measurements on Node 24. Only the results go to standard output.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { entry, node24, root, told } from './steps.mjs';

entry(async () => {
  told.stream = process.stderr;
  await bootstrap();
  const child = spawn(node24, [join(root, 'apps/bench/dist/main.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`yiqiu: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
});
