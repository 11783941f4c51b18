import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventBytesMax } from '@yiqiu/kernel';
import { checkEncoded } from '../check.ts';
import { NotAppendedError } from '../port.ts';
import {
  batch,
  collect,
  encoded,
  encodedAfter,
  positionsOf,
  range,
  type LogUnderTest,
  type StartLog,
} from './harness.fixture.ts';

export const appendContract = (start: StartLog): void => {
  describe('append', () => {
    let subject: LogUnderTest;
    beforeEach(async () => {
      subject = await start();
    });
    afterEach(() => subject.stop());

    it('begins at position 0, epoch 0, nothing consumed, nothing promised', async () => {
      expect(await subject.log.head()).toMatchObject({
        context: 'service',
        position: 0,
        epoch: 0,
        cursors: {},
        closed: { l: 0, c: 0 },
      });
      expect(await positionsOf(subject.log.read(1))).toEqual([]);
    });

    it('keeps the order, over batches', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      expect(await log.append(0, epoch, batch(encodedAfter(0, 3)))).toEqual({ outcome: 'appended', position: 3 });
      expect(await log.append(3, epoch, batch(encodedAfter(3, 2)))).toEqual({ outcome: 'appended', position: 5 });
      expect(await positionsOf(log.read(1))).toEqual(range(1, 5));
      expect((await log.head()).position).toBe(5);
    });

    it('gives back every event as it was, text and parsed', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      const event = encoded(1, {
        stream: 'group/g1',
        type: 'GroupCreated',
        data: { name: 'cache', n: 1.5, none: null },
      });
      await log.append(0, epoch, batch([event]));
      const [stored] = await collect(log.read(1));
      expect(stored).toEqual({ position: 1, body: event.body, event: JSON.parse(event.body) });
    });

    it('refuses another expected position and stores nothing of the batch', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      await log.append(0, epoch, batch(encodedAfter(0, 2)));
      const command = { id: 'c', fingerprint: 'f', first: null, last: null, answer: 'null', atMs: 1 };
      const stale = batch(encodedAfter(1, 1), { commands: [command] });
      expect(await log.append(1, epoch, stale)).toEqual({ outcome: 'wrong-expected-position', position: 2 });
      const ahead = batch(encodedAfter(7, 1), { cursors: { machine: { position: 1, lineage: 'l' } } });
      expect(await log.append(7, epoch, ahead)).toEqual({ outcome: 'wrong-expected-position', position: 2 });
      expect(await positionsOf(log.read(1))).toEqual([1, 2]);
      expect(await log.commands(['c'])).toEqual(new Map());
      expect((await log.head()).cursors).toEqual({});
    });

    it('fences the older writer, whatever position it expects', async () => {
      const older = await subject.log.takeOver();
      const other = await subject.another();
      const newer = await other.takeOver();
      expect(newer.epoch).toBeGreaterThan(older.epoch);
      expect(await other.append(0, newer.epoch, batch(encodedAfter(0, 1)))).toEqual({
        outcome: 'appended',
        position: 1,
      });
      for (const expected of [0, 1]) {
        expect(await subject.log.append(expected, older.epoch, batch(encodedAfter(expected, 1)))).toEqual({
          outcome: 'fenced',
          epoch: newer.epoch,
        });
      }
      expect((await subject.log.head()).position).toBe(1);
    });

    it('fences an epoch that nobody has taken', async () => {
      const { epoch } = await subject.log.takeOver();
      expect(await subject.log.append(0, epoch + 1, batch(encodedAfter(0, 1)))).toEqual({ outcome: 'fenced', epoch });
    });

    it('lets exactly one of two concurrent appends through', async () => {
      const other = await subject.another();
      const { epoch } = await subject.log.takeOver();
      for (let position = 0; position < 20; position++) {
        const results = await Promise.all(
          [subject.log, other].map((log) => log.append(position, epoch, batch(encodedAfter(position, 1)))),
        );
        expect(results.map(({ outcome }) => outcome).sort()).toEqual(['appended', 'wrong-expected-position']);
      }
      expect(await positionsOf(subject.log.read(1))).toEqual(range(1, 20));
    });

    it('moves cursors and the closed timestamp without any event', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      const machine = { position: 7, lineage: 'm' };
      const resource = { position: 9, lineage: 'r' };
      await log.append(0, epoch, batch([], { cursors: { machine, resource }, closed: { l: 5, c: 2 } }));
      await log.append(
        0,
        epoch,
        batch([], { cursors: { resource: { ...resource, position: 10 } }, closed: { l: 6, c: 0 } }),
      );
      expect(await log.head()).toMatchObject({
        position: 0,
        cursors: { machine, resource: { position: 10, lineage: 'r' } },
        closed: { l: 6, c: 0 },
      });
    });

    it('takes an event of the greatest size, and refuses one byte more', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      const empty = encoded(1, { data: { text: '' } });
      const room = eventBytesMax - Buffer.byteLength(empty.body);
      const fits = encoded(1, { data: { text: 'x'.repeat(room) } });
      expect(checkEncoded(fits)).toBeNull();
      const tooLarge = encoded(2, { data: { text: 'x'.repeat(room + 1) } });
      expect(checkEncoded(tooLarge)).toMatchObject({ kind: 'too-large', code: 'event-too-large' });
      expect(await log.append(0, epoch, batch([fits]))).toEqual({ outcome: 'appended', position: 1 });
      await expect(log.append(1, epoch, batch([tooLarge]))).rejects.toThrow(NotAppendedError);
      const [stored] = await collect(log.read(1));
      expect(stored?.body).toBe(fits.body);
      expect((await log.head()).position).toBe(1);
    });

    it('counts bytes, not characters', () => {
      const text = '奕'.repeat(Math.ceil(eventBytesMax / 3));
      expect(text.length).toBeLessThan(eventBytesMax);
      expect(checkEncoded(encoded(1, { data: { text } }))).toMatchObject({ code: 'event-too-large' });
    });

    it('refuses positions that do not follow, and stores nothing', async () => {
      const { log } = subject;
      const { epoch } = await log.takeOver();
      for (const events of [[encoded(2)], [encoded(1), encoded(3)], [encoded(1), encoded(1)]]) {
        await expect(log.append(0, epoch, batch(events))).rejects.toThrow(NotAppendedError);
      }
      expect((await log.head()).position).toBe(0);
    });

    it('gives a new writer the head as the old one left it', async () => {
      const { log } = subject;
      const first = await log.takeOver();
      await log.append(
        0,
        first.epoch,
        batch(encodedAfter(0, 4), { cursors: { machine: { position: 3, lineage: 'm' } } }),
      );
      const other = await subject.another();
      expect(await other.takeOver()).toMatchObject({
        position: 4,
        epoch: first.epoch + 1,
        lineage: first.lineage,
        cursors: { machine: { position: 3, lineage: 'm' } },
      });
    });
  });
};
