import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkEventNames, leafHash } from '@yiqiu/kernel';
import fc from 'fast-check';
import { leafOf } from '../encode.ts';
import { NotAppendedError } from '../port.ts';
import { batch, collect, encoded, type LogUnderTest, type StartLog } from './harness.fixture.ts';

const hostile = {
  nul: 'a\0b',
  'lone high surrogate': 'a\ud800b',
  'lone low surrogate': '\udfff',
  'swapped pair': '\ude00\ud83d',
  quotes: `'"\`\\'; DROP TABLE event; --`,
  'dollar quotes': '$1 $$ $body$',
  braces: '{"a",NULL,\\}',
  'line separators': '\u2028\u2029\u0085\r\n\t',
  emoji: '🀄👩‍👩‍👧‍👦',
  'private use': '\uf8ff\ufeff\ufffd\uffff',
  controls: '\u0001\u001f\u007f\u009f',
  proto: '__proto__',
} as const;

export const hostileContract = (start: StartLog): void => {
  describe('hostile strings', () => {
    let subject: LogUnderTest;
    let epoch = 0;
    let position = 0;
    beforeAll(async () => {
      subject = await start();
      ({ epoch } = await subject.log.takeOver());
    });
    afterAll(() => subject.stop());

    const roundTrip = async (text: string): Promise<void> => {
      const event = encoded(position + 1, { data: { text, nested: [{ [text]: text }] } });
      const result = await subject.log.append(position, epoch, batch([event]));
      expect(result).toEqual({ outcome: 'appended', position: position + 1 });
      position += 1;
      const [stored] = await collect(subject.log.read(position, { limit: 1 }));
      expect(stored?.body).toBe(event.body);
      expect(stored?.event.data).toEqual(JSON.parse(JSON.stringify({ text, nested: [{ [text]: text }] })));
      expect(stored?.event.data['text']).toBe(text);
      const leaf = await subject.leafAt(position);
      expect(Buffer.from(leaf)).toEqual(Buffer.from(leafHash(stored?.body ?? '')));
    };

    it.each(Object.entries(hostile))('round-trips in data: %s', (_name, text) => roundTrip(text));

    it('round-trips any string', async () => {
      await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), roundTrip), { numRuns: 50 });
    }, 60_000);

    it.each(Object.entries(hostile))('is refused in a stream and in a type: %s', async (_name, text) => {
      expect(checkEventNames({ stream: `unit/${text}`, type: 'UnitReady', version: 1, data: {} })).toMatchObject({
        code: 'event-stream-invalid',
      });
      expect(checkEventNames({ stream: 'unit/u', type: `Unit${text}`, version: 1, data: {} })).toMatchObject({
        code: 'event-type-invalid',
      });
      for (const choice of [{ stream: `unit/${text}` }, { type: `Unit${text}` }]) {
        const bad = encoded(position + 1, choice);
        await expect(subject.log.append(position, epoch, batch([bad]))).rejects.toThrow(NotAppendedError);
      }
      expect((await subject.log.head()).position).toBe(position);
    });

    it('refuses a body that would not come back as it is', async () => {
      for (const body of ['"\0"', '"\ud800"']) {
        const bad = { ...encoded(position + 1), body, leaf: leafOf(body) };
        await expect(subject.log.append(position, epoch, batch([bad]))).rejects.toThrow(NotAppendedError);
      }
    });

    it('finds nothing under a stream that cannot be', async () => {
      for (const text of Object.values(hostile)) {
        expect(await collect(subject.log.read(1, { stream: `unit/${text}` }))).toEqual([]);
        expect(await collect(subject.log.read(1, { types: [`Unit${text}`] }))).toEqual([]);
      }
    });

    it('keeps command ids apart that UTF-8 would make one', async () => {
      const row = (id: string) => ({ id, fingerprint: 'f', first: null, last: null, answer: '{}', atMs: 1 });
      for (const id of ['a\ud800', 'a\0', '', 'x'.repeat(201)]) {
        await expect(subject.log.append(position, epoch, batch([], { commands: [row(id)] }))).rejects.toThrow(
          NotAppendedError,
        );
      }
      await subject.log.append(
        position,
        epoch,
        batch([], { commands: [row('a\ufffd'), row(hostile.quotes), row(hostile.braces)] }),
      );
      expect(await subject.log.commands(['a\ud800', 'a\ud801', 'a\0'])).toEqual(new Map());
      expect([...(await subject.log.commands(['a\ufffd', hostile.quotes, hostile.braces])).keys()].sort()).toEqual(
        ['a\ufffd', hostile.quotes, hostile.braces].sort(),
      );
    });
  });

  it('hashes leaves as the kernel does', () => {
    fc.assert(fc.property(fc.json(), (body) => expect(Buffer.from(leafOf(body))).toEqual(Buffer.from(leafHash(body)))));
  });
};
