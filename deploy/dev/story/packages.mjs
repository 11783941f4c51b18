// The ready packages redis and haproxy with real programs on 127.0.<N>.x and no platform: who leads is decided here, as the
// platform would. usage: node packages.mjs [ROUNDS] [NET]   (Node 24 of the checkout, after a build)
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proxied, proxiedFailover, proxiedHandover } from './packages-haproxy.mjs';
import * as redis from './packages-redis.mjs';
import { loadProgram, Service } from './rig.mjs';
import { say, tell } from './say.mjs';

const rounds = Number(process.argv[2] ?? 5);
const net = process.argv[3] ?? '127.0.177';
// Deep on purpose: a unit's home may be longer than the name of a Unix socket may be.
const directory = mkdtempSync(join(tmpdir(), `yiqiu-packages-${'deep-'.repeat(16)}`));

chmodSync(directory, 0o755); // the programs' users have to pass

let machines = 0;
/** Addresses of machines, and one where nobody listens. */
const network = { next: () => `${net}.${(machines += 1)}`, nowhere: `${net}.250` };

const all = [];
const story = async () => {
  const service = new Service({
    name: 'cache/redis',
    program: await loadProgram('redis'),
    directory: join(directory, 'redis'),
    network,
  });
  const proxies = new Service({
    name: 'cache/proxy',
    program: await loadProgram('haproxy'),
    directory: join(directory, 'proxy'),
    network,
  });
  all.push(service, proxies);
  await redis.firstBoot(service);
  await redis.processKilled(service);
  await redis.machineKilled(service, rounds);
  await redis.oldOneReturns(service);
  await redis.unsynchronised(service);
  await redis.behindIsChosen(service);
  await redis.handover(service);
  await redis.configured(service);
  await proxied(service, proxies);
  await proxiedFailover(service, proxies);
  await proxiedHandover(service, proxies);
};

const after = async () => {
  for (const { units } of all) for (const unit of units) await unit.stop('SIGKILL');
  if (process.env.KEEP === undefined) rmSync(directory, { recursive: true, force: true });
  else say(`kept: ${directory}`);
};

await tell('The packages redis and haproxy, without a platform', story, after);
