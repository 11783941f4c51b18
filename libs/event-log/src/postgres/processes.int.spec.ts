import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startPostgres, waitFor, type TestPostgres } from '@yiqiu/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { collect, range } from '../contract/index.fixture.ts';
import { postgresUnderTest, queryRows } from './under-test.fixture.ts';

interface Report {
  readonly name: string;
  readonly stored: number;
  readonly fenced: number;
}

/** A child that runs `writer.fixture.mjs`. */
class Writer {
  readonly #child: ChildProcess;
  #output = '';
  #errors = '';

  constructor(url: string, schema: string, name: string, count: number, temper: 'stubborn' | 'meek') {
    const program = join(import.meta.dirname, 'writer.fixture.mjs');
    this.#child = spawn(process.execPath, [program, url, schema, name, String(count), temper], { stdio: 'pipe' });
    this.#child.stdout?.on('data', (bytes) => (this.#output += String(bytes)));
    this.#child.stderr?.on('data', (bytes) => (this.#errors += String(bytes)));
  }

  get stored(): number {
    return this.#output.match(/^stored /gm)?.length ?? 0;
  }

  async ready(): Promise<void> {
    await waitFor(() => this.#output.includes('ready\n') || this.#assertAlive(), {
      deadlineMs: 20_000,
      what: 'the writer',
    });
  }

  go(): void {
    this.#child.stdin?.write('go\n');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async report(): Promise<Report> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    if (this.#child.exitCode !== 0) throw new Error(`the writer failed: ${this.#errors}`);
    const [line = ''] = this.#output.trim().split('\n').slice(-1);
    return JSON.parse(line) as Report;
  }

  #assertAlive(): false {
    if (this.#child.exitCode !== null) throw new Error(`the writer ended: ${this.#errors}`);
    return false;
  }
}

describe('writers in several processes', () => {
  let server: TestPostgres;
  let url = '';
  let subject: Awaited<ReturnType<typeof postgresUnderTest>>;
  let writers: Writer[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  }, 60_000);
  afterAll(() => server.stop(), 30_000);
  beforeEach(async () => {
    subject = await postgresUnderTest(url);
    writers = [];
  });
  afterEach(async () => {
    for (const writer of writers) writer.signal('SIGKILL');
    await subject.stop();
  });

  const startWriter = async (name: string, count: number, temper: 'stubborn' | 'meek'): Promise<Writer> => {
    const writer = new Writer(url, subject.schema, name, count, temper);
    writers.push(writer);
    await writer.ready();
    return writer;
  };

  const items = async (): Promise<{ readonly position: number; readonly name: unknown; readonly item: unknown }[]> =>
    (await collect(subject.log.read(1))).map(({ position, event }) => ({
      position,
      name: event.data['name'],
      item: event.data['item'],
    }));

  it('fight over the epoch, and nothing is lost or doubled', async () => {
    const count = 150;
    const pair = await Promise.all([startWriter('a', count, 'stubborn'), startWriter('b', count, 'stubborn')]);
    for (const writer of pair) writer.go();
    const reports = await Promise.all(pair.map((writer) => writer.report()));
    expect(reports.map(({ stored }) => stored)).toEqual([count, count]);
    expect(reports.reduce((sum, { fenced }) => sum + fenced, 0)).toBeGreaterThan(0);
    const all = await items();
    expect(all.map(({ position }) => position)).toEqual(range(1, 2 * count));
    for (const name of ['a', 'b']) {
      expect(all.filter((each) => each.name === name).map(({ item }) => item)).toEqual(range(0, count - 1));
    }
    const [rows] = await queryRows(url, `SELECT count(*)::int AS commands FROM ${subject.schema}.command`);
    expect(rows).toEqual({ commands: 2 * count });
  }, 90_000);

  it('fence one that slept through its own succession', async () => {
    const sleeper = await startWriter('sleeper', 1_000_000, 'meek');
    sleeper.go();
    await waitFor(() => sleeper.stored >= 20, { deadlineMs: 20_000, what: 'the first writer to write' });
    sleeper.signal('SIGSTOP');
    const successor = await startWriter('successor', 30, 'meek');
    successor.go();
    expect(await successor.report()).toEqual({ name: 'successor', stored: 30, fenced: 0 });
    const atSuccession = await items();
    sleeper.signal('SIGCONT');
    const report = await sleeper.report();
    expect(report.fenced).toBe(1);
    expect(await items()).toEqual(atSuccession);
    expect(atSuccession.map(({ position }) => position)).toEqual(range(1, report.stored + 30));
    expect(atSuccession.slice(-30).every(({ name }) => name === 'successor')).toBe(true);
  }, 90_000);

  it('leave nothing half done when one is killed', async () => {
    const victim = await startWriter('victim', 1_000_000, 'meek');
    victim.go();
    await waitFor(() => victim.stored >= 50, { deadlineMs: 20_000, what: 'the victim to write' });
    victim.signal('SIGKILL');
    const told = victim.stored;
    const head = await subject.log.takeOver();
    const all = await items();
    expect(head.position).toBeGreaterThanOrEqual(told);
    expect(all.map(({ item }) => item)).toEqual(range(0, head.position - 1));
    const rows = await queryRows(url, `SELECT last_position::int AS last FROM ${subject.schema}.command ORDER BY 1`);
    expect(rows.map(({ last }) => last)).toEqual(range(1, head.position));
  }, 60_000);
});
