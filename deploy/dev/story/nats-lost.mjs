// The store of NATS is deleted while a deployment goes on: streams are made again from the logs, and everything goes on.
// usage: node nats-lost.mjs [--data DIR]
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Counted } from './counted.mjs';
import { isWhole, options, Platform } from './platform.mjs';
import { proveLogs } from './proof.mjs';
import { chapter, promise, tell, until } from './say.mjs';

const { dataDir } = options();
const platform = new Platform(dataDir);
const counted = new Counted(platform);
const store = join(dataDir, 'nats', 'jetstream');
const group = 'crash';
const size = 10;

const whole = () => until(`${size} units RUNNING`, 120, () => isWhole(platform, `${group}/web`), 250);

await tell(
  'The store of NATS is deleted',
  async () => {
    await counted.push();
    chapter(`apply ${size} units; meanwhile NATS stands still, its store goes, it is killed`);
    await counted.apply(group, size);
    await pause(Math.random() * 1_500);
    await platform.fate('pause', 'nats');
    const had = readdirSync(store, { recursive: true }).length;
    rmSync(store, { recursive: true });
    await platform.fate('kill', 'nats');
    const since = Date.now();
    await whole();
    promise(
      'the deployment completes',
      true,
      `${had} files deleted, all RUNNING ${((Date.now() - since) / 1_000).toFixed(1)} s later`,
    );
    const wrong = counted.notOnce(await platform.units(`${group}/web`));
    promise('install, start and process once per incarnation', wrong.length === 0, wrong.join('; '));
    chapter('what needs all three layers and every agent works');
    await until(
      'all agents connected',
      60,
      async () => (await platform.list('/machines')).every(({ agent }) => agent.connected),
      250,
    );
    await platform.yiqiu('scale', `${group}/web`, String(size + 2));
    await platform.yiqiu('config', 'set', `${group}/web`, 'greeting=back again');
    await platform.yiqiu('destroy', group, '--yes');
    promise('scale, config set, destroy', true);
    const doubled = counted.doubled();
    promise('nothing was done twice to any unit', doubled.length === 0, doubled.join('; '));
    await proveLogs(platform);
  },
  async () => {
    await platform.run('destroy', group, '--yes');
    counted.close();
  },
);
