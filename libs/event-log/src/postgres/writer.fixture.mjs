/**
 * A writer in a process of its own, run on the built library. Waits for a line on stdin, then stores `count` items, each in
 * an event and a command row of its own; prints one line per stored item and a last line of JSON.
 *
 *   node writer.fixture.mjs URL SCHEMA NAME COUNT stubborn|meek
 *
 * Fenced, a stubborn one takes over again and goes on; a meek one stops.
 */
import { once } from 'node:events';
import { encodeForLog, openPostgresLog } from '@yiqiu/event-log';

const [url, schema, name, count, temper] = process.argv.slice(2);
const log = await openPostgresLog({ connection: url, context: 'service', schema, migrate: false });

const itemBatch = (position, item) => {
  const event = encodeForLog({
    id: '0190a0a0-0000-7000-8000-000000000001',
    context: 'service',
    lineage: 'l',
    position,
    stream: `unit/${name}`,
    revision: item + 1,
    type: 'UnitReady',
    version: 1,
    time: new Date().toISOString(),
    data: { name, item },
    meta: {},
  });
  const command = {
    id: `${name}-${item}`,
    fingerprint: 'f',
    first: position,
    last: position,
    answer: String(item),
    atMs: 0,
  };
  return { events: [event], commands: [command], cursors: {}, closed: { l: 0, c: 0 } };
};

process.stdout.write('ready\n');
await once(process.stdin, 'data');
let { position, epoch } = await log.takeOver();
let item = 0;
let fenced = 0;
while (item < Number(count)) {
  const result = await log.append(position, epoch, itemBatch(position + 1, item));
  if (result.outcome === 'appended') {
    position = result.position;
    process.stdout.write(`stored ${item}\n`);
    item += 1;
    continue;
  }
  if (result.outcome !== 'fenced') throw new Error(`unexpected ${JSON.stringify(result)}`);
  fenced += 1;
  if (temper === 'meek') break;
  ({ position, epoch } = await log.takeOver());
}
process.stdout.write(`${JSON.stringify({ name, stored: item, fenced })}\n`);
process.stdin.destroy();
await log.close();
