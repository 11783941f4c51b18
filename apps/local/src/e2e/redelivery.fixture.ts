import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventView } from '@yiqiu/contracts';
import { waitFor } from '@yiqiu/processes';
import pg from 'pg';
import type { TestPlatform } from './platform.fixture.ts';

const processOf = { machine: 'machine-manager', resource: 'resource-platform', service: 'service-platform' } as const;
export type Context = keyof typeof processOf;

interface Cursor {
  readonly lineage: string;
  readonly position: number;
}

/**
 * Delivers a context's events to another one once more, as after a crash that lost its cursor: the process is killed, its
 * cursor set back in the database, and the one that is started next takes the same events again, in order.
 */
export class Redelivery {
  readonly #platform: TestPlatform;
  readonly #pool: pg.Pool;

  constructor(platform: TestPlatform) {
    this.#platform = platform;
    const password = readFileSync(join(platform.data, 'keys', 'postgres'), 'utf8').trim();
    this.#pool = new pg.Pool({
      host: '127.0.0.1',
      port: platform.ports['postgres'],
      user: 'postgres',
      password,
      database: 'yiqiu',
      max: 1,
    });
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /** From the event on, its own included, until `target` has them all again. Gives what that led to in `target`: nothing. */
  async again(target: Context, event: Pick<EventView, 'context' | 'position'>): Promise<string[]> {
    const source = event.context as Context;
    const [head, end] = [await this.#position(target), await this.#position(source)];
    const cursor = await this.cursor(target, source);
    await this.restartWith(target, source, { ...cursor, position: event.position - 1 });
    await this.caughtUp(target, source, end);
    const { rows } = await this.#pool.query<{ readonly type: string; readonly stream: string }>(
      `SELECT type, stream FROM ${target}.event WHERE position > $1 ORDER BY position`,
      [head],
    );
    return rows.map(({ type, stream }) => `${type} ${stream}`);
  }

  async cursor(target: Context, source: Context): Promise<Cursor> {
    const { rows } = await this.#pool.query<{ readonly cursor: Cursor | null }>(
      `SELECT cursors->'${source}' AS cursor FROM ${target}.head`,
    );
    const cursor = rows[0]?.cursor ?? null;
    if (cursor === null) throw new Error(`${target} has no cursor for ${source}`);
    return cursor;
  }

  async restartWith(target: Context, source: Context, cursor: Cursor): Promise<void> {
    await this.#platform.fate('kill', processOf[target]);
    // The dead one's lease ends with it: waiting for that is the subject of other tests.
    await this.#pool.query(
      `UPDATE ${target}.head SET cursors = jsonb_set(cursors, '{${source}}', $1), lease_holder = NULL, lease_until = NULL`,
      [JSON.stringify(cursor)],
    );
  }

  async caughtUp(target: Context, source: Context, end: number): Promise<void> {
    try {
      await waitFor(async () => (await this.cursor(target, source)).position >= end, {
        deadlineMs: 90_000,
        what: `${target} to have taken all events of ${source} again`,
      });
    } catch (error) {
      const { position } = await this.cursor(target, source);
      const log = readFileSync(join(this.#platform.data, 'log', `${processOf[target]}.log`), 'utf8');
      const tail = log.trimEnd().split('\n').slice(-5).join('\n');
      throw new Error(`at ${position} of ${end}; ${await this.#readyz(target)}\n${tail}`, { cause: error });
    }
  }

  async #readyz(target: Context): Promise<string> {
    const url = `http://127.0.0.1:${this.#platform.ports[`${processOf[target]}-http`]}/readyz`;
    return fetch(url, { signal: AbortSignal.timeout(2_000) }).then((response) => response.text(), String);
  }

  async #position(context: Context): Promise<number> {
    const { rows } = await this.#pool.query<{ readonly position: string }>(`SELECT position FROM ${context}.head`);
    return Number(rows[0]?.position);
  }
}
