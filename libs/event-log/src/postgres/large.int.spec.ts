import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, type TestPostgres } from '@yiqiu/testing';
import { fill, positionsOf, range } from '../contract/index.fixture.ts';
import { postgresUnderTest, queryRows } from './under-test.fixture.ts';

describe('a log of 100,000 events', () => {
  const count = 100_000;
  let server: TestPostgres;
  let url = '';
  let subject: Awaited<ReturnType<typeof postgresUnderTest>>;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
    subject = await postgresUnderTest(url);
    const types = ['UnitRequested', 'StepSucceeded', 'UnitReady'];
    const choose = (position: number) => ({
      stream: `unit/u${position % 1_000}`,
      type: types[position % 3] ?? '',
      data: { text: `"${'奕秋'.repeat(position % 20)}"\0` },
    });
    await fill(subject.log, count, choose, 2_000);
  }, 180_000);
  afterAll(async () => {
    await subject.stop();
    await server.stop();
  }, 30_000);

  it('is read whole, in order', async () => {
    let expected = 1;
    for await (const { position, event } of subject.log.read(1)) {
      if (position !== expected || event.position !== expected)
        throw new Error(`position ${position} where ${expected} belongs`);
      expected += 1;
    }
    expect(expected).toBe(count + 1);
  }, 60_000);

  it('has the leaf of every body, as the database itself computes it', async () => {
    const [row] = await queryRows(
      url,
      `SELECT count(*)::int AS events, count(*) FILTER (WHERE leaf = sha256('\\x00'::bytea || convert_to(body, 'UTF8')))::int AS verified
         FROM ${subject.schema}.event`,
    );
    expect(row).toEqual({ events: count, verified: count });
  }, 60_000);

  it('finds one stream and the last events by index', async () => {
    await queryRows(url, `ANALYZE ${subject.schema}.event`);
    expect(await positionsOf(subject.log.read(1, { stream: 'unit/u7' }))).toEqual(
      range(0, 99).map((n) => 7 + 1_000 * n),
    );
    expect(await positionsOf(subject.log.read(count, { backwards: true, limit: 3, types: ['UnitReady'] }))).toEqual([
      99_998, 99_995, 99_992,
    ]);
    const plan = await queryRows(
      url,
      `EXPLAIN SELECT position, body FROM ${subject.schema}.event WHERE position >= 1 AND stream = 'unit/u7' ORDER BY position LIMIT 500`,
    );
    expect(JSON.stringify(plan)).toContain('event_stream_ix');
  }, 60_000);

  it('is subscribed to from the middle', async () => {
    const controller = new AbortController();
    let next = 60_000;
    for await (const { position } of subject.log.subscribe(next, { signal: controller.signal })) {
      if (position !== next) throw new Error(`position ${position} where ${next} belongs`);
      next += 1;
      if (position === count) break;
    }
    expect(next).toBe(count + 1);
  }, 60_000);
});
