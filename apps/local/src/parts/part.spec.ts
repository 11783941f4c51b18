import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Exit, SupervisedProcess } from '@yiqiu/processes';
import { Registry } from '../data/registry.ts';
import { Part } from './part.ts';

/** A process that is told when it ends. */
const fakeProcess = () => {
  const { promise: exited, resolve: end } = Promise.withResolvers<Exit>();
  // No process has this pid: the highest that Linux gives out is 4,194,304.
  const identity = { pid: 2 ** 30, startTicks: 1, bootId: 'none' };
  const child = {
    ...{ name: 'gateway', pid: identity.pid, identity, exited, logFile: '', pids: () => [] },
    ...{ signal: () => true, pause: () => undefined, resume: () => undefined, stop: () => Promise.resolve() },
    kill: () => {
      end({ code: null, signal: 'SIGKILL' });
      return Promise.resolve();
    },
  } satisfies SupervisedProcess;
  return { child, end };
};

describe('a part that ends unasked', () => {
  let directory: string;
  const said: string[] = [];
  let started: ReturnType<typeof fakeProcess>[];
  let part: Part;

  beforeEach(async () => {
    jest.useFakeTimers();
    directory = mkdtempSync(join(tmpdir(), 'yiqiu-part-'));
    said.length = 0;
    started = [];
    const start = (): Promise<SupervisedProcess> => {
      const next = fakeProcess();
      started.push(next);
      return Promise.resolve(next.child);
    };
    const spec = { name: 'gateway', address: '', start, stopSteps: [] };
    part = new Part(spec, new Registry(join(directory, 'registry.json')), (line) => said.push(line));
    await part.start();
  });
  afterEach(async () => {
    await part.stop();
    jest.useRealTimers();
    rmSync(directory, { recursive: true, force: true });
  });

  const ends = async (): Promise<void> => {
    started.at(-1)?.end({ code: 9, signal: null });
    await jest.advanceTimersByTimeAsync(0);
  };

  it('is started later and later where it does not stay up, and says when', async () => {
    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = started.length;
      await ends();
      await jest.advanceTimersByTimeAsync(waitMs - 1);
      expect(started).toHaveLength(before);
      await jest.advanceTimersByTimeAsync(1);
      expect(started).toHaveLength(before + 1);
    }
    expect(said.slice(0, 2)).toEqual([
      'gateway ended (exit code 9); starting it again',
      'gateway ended (exit code 9); starting it again in 2 s',
    ]);
  });

  it('is started after a second again where it ran for a while, or was killed by a word', async () => {
    for (const _ of [1, 2, 3]) {
      await jest.advanceTimersByTimeAsync(10_000);
      await ends();
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(started).toHaveLength(4);
    for (const _ of [1, 2, 3]) {
      await part.kill(false);
      await jest.advanceTimersByTimeAsync(1_000);
    }
    expect(started).toHaveLength(7);
    expect(said.filter((line) => !line.endsWith('starting it again'))).toEqual([]);
  });

  it('stays down once it is stopped', async () => {
    await ends();
    await part.stop();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(started).toHaveLength(1);
  });
});
