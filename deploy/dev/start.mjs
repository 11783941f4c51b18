// `npm start`: set-up, then the supervisor of a whole local platform in the foreground, on Node 24.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { entry, node24, root } from './steps.mjs';

const repeatMs = 500;

/** A terminal's Ctrl-C reaches us directly and again through npm: what comes within half a second is one. */
const forwardSignals = (child) => {
  let last = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      const now = Date.now();
      if (now - last < repeatMs) return;
      last = now;
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    });
  }
};

entry(async () => {
  process.stdout.write('Setting up\n');
  await bootstrap();
  // Its own process group: signals come from us, in order and once. Where we are killed it sees our end by itself.
  const child = spawn(node24, [join(root, 'apps/local/dist/main.js'), ...process.argv.slice(2)], {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: { ...process.env, YIQIU_CHECKOUT: root, YIQIU_PARENT: String(process.pid) },
  });
  forwardSignals(child);
  child.on('error', (error) => {
    process.stderr.write(`yiqiu: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
});
