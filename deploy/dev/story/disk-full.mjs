// The disk of PostgreSQL is full: clear refusals, nothing lost, and it goes on by itself when there is room. It starts a platform
// of its own whose database lies on a small tmpfs, so it needs root. usage: node disk-full.mjs [tables|log]… [--port P] [--net 127.0.N]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { Changes } from './changes.mjs';
import { Counted } from './counted.mjs';
import { OwnPlatform } from './own-platform.mjs';
import { isWhole, Platform } from './platform.mjs';
import { proveLogs } from './proof.mjs';
import { chapter, promise, say, tell, until } from './say.mjs';
import { SmallDisk } from './small-disk.mjs';

const { values: place, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '17990' }, net: { type: 'string', default: '127.0.179' } },
});
const directory = mkdtempSync(join(tmpdir(), 'yiqiu-disk-'));
const dataDir = join(directory, 'data');
const own = new OwnPlatform({ dataDir, logFile: join(directory, 'platform.log'), ...place });
const diskMiB = 192;
const units = 4;
const chapters = positionals.length === 0 ? ['tables', 'log'] : positionals;
/** The least that is seen while the disk is full. */
const least = { refusals: 10, ms: 5_000 };

let platform = null;
let counted = null;
let changes = null;
let disk = null;

/** One segment of the write-ahead log after another, until there is no room for the next and PostgreSQL ends itself. */
const exhaustLog = async () => {
  const [password, { postgres: port }] = [
    readFileSync(join(dataDir, 'keys', 'postgres'), 'utf8'),
    JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8')),
  ];
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password });
  client.on('error', () => undefined); // it is about to end
  await client.connect();
  try {
    for (let segments = 1; ; segments += 1) {
      await client.query(`SELECT pg_logical_emit_message(false, 'story', 'full'), pg_switch_wal()`);
      if (segments > 100) throw new Error('PostgreSQL finds room for 100 segments on a full disk');
    }
  } catch (error) {
    if (!/terminat|closed|ECONNRESET|crash|space/i.test(`${error.message} ${error.code}`)) throw error;
    return error.message;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** A group is applied, the disk gets full, `meanwhile` happens; then there is room again. */
const fullAnd = async (group, meanwhile) => {
  const seen = { refused: changes.refused.length };
  disk.fill();
  const filledAt = Date.now();
  const applied = await counted.apply(group, units).then(
    () => 'applied',
    ({ message }) => message,
  );
  say(`${disk.freeMiB().toFixed(1)} MiB free; apply of a group meanwhile: ${applied.trim().split('\n').at(0)}`);
  await meanwhile();
  await until(`${least.refusals} changes refused`, 120, () => {
    disk.fill(); // what PostgreSQL gives back meanwhile
    return changes.refused.length >= seen.refused + least.refusals;
  });
  await pause(Math.max(0, least.ms - (Date.now() - filledAt)));
  const refused = changes.refused.slice(seen.refused);
  promise(
    'clear refusals',
    refused.every(
      ({ status, type, detail }) => status === 503 && type?.startsWith('application/problem+json') && detail.length > 0,
    ),
    `${refused.length}: ${[...new Set(refused.map(({ status, code, detail }) => `${status} ${code}: ${detail}`))].join(' | ')}`,
  );
  const reading = await platform.list('/machines').then(
    (machines) => machines.map(({ name, state }) => `${name} ${state}`).join(', '),
    ({ message }) => message,
  );
  say(`reading meanwhile: ${reading}`);
  chapter('there is room again');
  const before = changes.acknowledged.length;
  const roomAt = Date.now();
  disk.empty();
  await until('changes are acknowledged', 120, () => changes.acknowledged.length > before + 10);
  promise('it goes on by itself', true, `after ${((Date.now() - roomAt) / 1_000).toFixed(1)} s`);
  if (applied !== 'applied') await counted.apply(group, units);
  await until(`${units} units RUNNING`, 120, () => isWhole(platform, `${group}/web`), 250);
  const wrong = counted.notOnce(await platform.units(`${group}/web`));
  promise('the deployment completes, each step once', wrong.length === 0, wrong.join('; '));
};

await tell(
  'The disk of PostgreSQL is full',
  async () => {
    await own.start();
    await own.stop();
    disk = new SmallDisk(join(dataDir, 'postgres'), diskMiB);
    await own.start();
    platform = new Platform(dataDir);
    counted = new Counted(platform);
    await counted.push();
    changes = new Changes(platform).start();
    await until('changes are acknowledged', 30, () => changes.acknowledged.length > 10);
    if (chapters.includes('tables')) {
      chapter(`no room for tables: ${disk.freeMiB().toFixed(0)} of ${diskMiB} MiB are filled`);
      await fullAnd('tables', async () => {});
    }
    if (chapters.includes('log')) {
      chapter(
        `no room for the write-ahead log either: ${disk.freeMiB().toFixed(0)} MiB are filled, its last segment too`,
      );
      await fullAnd('log', async () => say(`PostgreSQL: ${await exhaustLog()}`));
    }
    await changes.stop();
    chapter('the logs');
    const events = await proveLogs(platform);
    const [lost, doubled] = [changes.lost(events), changes.doubled(events)];
    promise(
      'every acknowledged change is in the log, once',
      lost.length + doubled.length === 0,
      `${changes.acknowledged.length} acknowledged, ${changes.refused.length} refused, ${lost.length} lost, ${doubled.length} doubled`,
    );
  },
  async () => {
    await changes?.stop();
    counted?.close();
    await own.stop();
    disk?.close();
    if (process.env.KEEP === undefined) rmSync(directory, { recursive: true, force: true });
    else say(`kept: ${directory}`);
  },
);
