import { describe, expect, it } from '@jest/globals';
import { enqueue, newQueue, settle, type AgentQueue } from '@yiqiu/agent-queue';
import { buildPush, commandBytesMax, pushBytesMax, type PushBody } from './build-push.ts';
import { errandPayload } from './errands.fixture.ts';

const filled = (texts: readonly string[]): AgentQueue<string> => {
  const queue = newQueue<string>('m');
  texts.forEach((ref, index) => enqueue(queue, 1, { seq: index + 1, startBy: 9, ref }));
  return queue;
};

const build = (queue: AgentQueue<string>, afterSeq: number, upToSeq?: number) => {
  const invalid: string[] = [];
  const body: PushBody = buildPush(
    queue,
    upToSeq === undefined ? { afterSeq } : { afterSeq, upToSeq },
    ({ ref }) => (ref === 'void' ? null : errandPayload(ref)),
    (seq, problem) => invalid.push(`${seq} ${problem}`),
  );
  return { ...body, seqs: body.commands.map(({ seq }) => seq), invalid };
};

describe('a push', () => {
  it('holds what waits above the number, without what is void, and voids what it leaves out', () => {
    const queue = filled(['a', 'void', 'c', 'd']);
    settle(queue, 1, 4);
    expect(build(queue, 0)).toMatchObject({ seqs: [1, 3], floor: 4, more: false, generation: 1, invalid: [] });
    expect(build(queue, 1)).toMatchObject({ seqs: [3], floor: 4 });
    expect(build(queue, 4)).toMatchObject({ seqs: [], floor: 4, more: false });
  });

  it('is bounded in number, and says that there is more', () => {
    const queue = filled(Array.from({ length: 250 }, (_, index) => `e${index}`));
    expect(build(queue, 0)).toMatchObject({ floor: 100, more: true });
    expect(build(queue, 200).seqs).toHaveLength(50);
  });

  it('is bounded in bytes: what does not fit comes next, a large one alone', () => {
    const big = 'x'.repeat(pushBytesMax * 0.6);
    const queue = filled([big, 'void', 'b', big, 'y'.repeat(pushBytesMax * 2), 'z']);
    expect(build(queue, 0)).toMatchObject({ seqs: [1, 3], floor: 3, more: true });
    expect(build(queue, 3)).toMatchObject({ seqs: [4], floor: 4, more: true });
    expect(build(queue, 4)).toMatchObject({ seqs: [5], floor: 5, more: true });
    expect(build(queue, 5)).toMatchObject({ seqs: [6], floor: 6, more: false });
  });

  it('leaves out what no agent takes, and tells', () => {
    const queue = filled(['bad:1', 'x'.repeat(commandBytesMax), 'c']);
    const { seqs, invalid } = build(queue, 0);
    expect(seqs).toEqual([3]);
    expect(invalid[0]).toMatch(/^1 timeoutMs: /);
    expect(invalid[1]).toMatch(/^2 is \d+ bytes, at most/);
  });

  it('can end at a number', () => {
    expect(build(filled(['a', 'b', 'c']), 0, 2).seqs).toEqual([1, 2]);
  });

  it('holds nothing of the state', () => {
    const payload = errandPayload('a');
    const body = buildPush(
      filled(['a']),
      { afterSeq: 0 },
      () => payload,
      () => undefined,
    );
    expect(body.commands[0]?.payload).toEqual(payload);
    expect(body.commands[0]?.payload).not.toBe(payload);
  });
});
