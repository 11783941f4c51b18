import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@yiqiu/testing';
import { LogHoleError, type EventLog } from '../port.ts';
import { batch, encodedAfter, fill, range, type LogUnderTest, type StartLog } from './harness.fixture.ts';

/** Long enough that a test which waited for a poll would fail at its own deadline. */
const noPollMs = 600_000;

interface Follower {
  readonly seen: number[];
  readonly done: Promise<void>;
}

const follow = (log: EventLog, from: number, signal: AbortSignal, pause?: () => Promise<void>): Follower => {
  const seen: number[] = [];
  const run = async (): Promise<void> => {
    for await (const { position } of log.subscribe(from, { signal, pollMs: noPollMs })) {
      seen.push(position);
      if (pause !== undefined) await pause();
    }
  };
  return { seen, done: run() };
};

export const subscribeContract = (start: StartLog): void => {
  describe('subscribe', () => {
    let subject: LogUnderTest;
    let controller: AbortController;
    beforeEach(async () => {
      subject = await start();
      controller = new AbortController();
    });
    afterEach(async () => {
      controller.abort();
      await subject.stop();
    });

    const reaches = (follower: Follower, count: number): Promise<true> =>
      waitFor(() => follower.seen.length >= count, {
        deadlineMs: 20_000,
        what: `${count} events, ${follower.seen.length} seen`,
      });

    it('gives what is there, then what comes, without gap or repetition, under load', async () => {
      const epoch = await fill(subject.log, 300);
      const other = await subject.another();
      const followers = [
        follow(subject.log, 1, controller.signal),
        follow(other, 1, controller.signal),
        follow(other, 250, controller.signal),
        follow(other, 301, controller.signal),
      ];
      let position = 300;
      for (let round = 0; round < 150; round++) {
        const size = 1 + (round % 17);
        await subject.log.append(position, epoch, batch(encodedAfter(position, size)));
        position += size;
      }
      const firsts = [1, 1, 250, 301];
      await Promise.all(followers.map((follower, index) => reaches(follower, position - (firsts[index] ?? 1) + 1)));
      controller.abort();
      await Promise.all(followers.map(({ done }) => done));
      followers.forEach((follower, index) => expect(follower.seen).toEqual(range(firsts[index] ?? 1, position)));
    }, 60_000);

    it('wakes on the first event of an empty log', async () => {
      const other = await subject.another();
      const followers = [follow(subject.log, 1, controller.signal), follow(other, 1, controller.signal)];
      await fill(subject.log, 1);
      await Promise.all(followers.map((follower) => reaches(follower, 1)));
      expect(followers.map(({ seen }) => seen)).toEqual([[1], [1]]);
    }, 30_000);

    it('lets a slow consumer be behind, and loses nothing for it', async () => {
      const epoch = await fill(subject.log, 1_500);
      let pulled = 0;
      const slow = follow(subject.log, 1, controller.signal, async () => {
        pulled += 1;
        if (pulled % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      });
      const quick = follow(subject.log, 1, controller.signal);
      await reaches(quick, 1_500);
      await subject.log.append(1_500, epoch, batch(encodedAfter(1_500, 10)));
      await Promise.all([reaches(quick, 1_510), reaches(slow, 1_510)]);
      expect(slow.seen).toEqual(range(1, 1_510));
      expect(quick.seen).toEqual(range(1, 1_510));
    }, 60_000);

    it('ends when the signal aborts, asleep or not', async () => {
      await fill(subject.log, 3);
      const follower = follow(subject.log, 1, controller.signal);
      await reaches(follower, 3);
      controller.abort();
      await follower.done;
      const late = follow(subject.log, 1, controller.signal);
      await late.done;
      expect(late.seen).toEqual([]);
    });

    it('refuses a cursor from beyond the end, which belongs to another history', async () => {
      await fill(subject.log, 3);
      await expect(follow(subject.log, 5, controller.signal).done).rejects.toThrow(LogHoleError);
      await expect(follow(subject.log, 5, controller.signal).done).rejects.toMatchObject({ expected: 5, found: 4 });
    });

    it('ends with an error when the log is closed under it', async () => {
      const other = await subject.another();
      await fill(subject.log, 1);
      const follower = follow(other, 1, controller.signal);
      await reaches(follower, 1);
      const ended = expect(follower.done).rejects.toThrow(/closed/);
      await other.close();
      await ended;
    });
  });
};
