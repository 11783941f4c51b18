import { afterEach, describe, expect, it } from '@jest/globals';
import type { SyncReply } from '@yiqiu/contracts';
import { waitFor } from '@yiqiu/testing';
import { randomUUID } from 'node:crypto';
import { FakeChannel, openOwner, reportFor, type Owner } from './link.fixture.ts';

let owners: Owner[] = [];
afterEach(async () => {
  await Promise.all(owners.map((owner) => owner.stop()));
  owners = [];
});

const open = async (options: Parameters<typeof openOwner>[1] = {}) => {
  const channel = new FakeChannel();
  const owner = await openOwner(channel, options);
  owners.push(owner);
  await until('agents to be served', () => owner.runner.serving);
  const machineUid = randomUUID();
  const journalId = randomUUID();
  await owner.addMachine(machineUid);
  return { channel, owner, machineUid, journalId, lineage: owner.runtime.status().lineage ?? '' };
};

const until = (what: string, condition: () => boolean | Promise<boolean>) =>
  waitFor(condition, { what, deadlineMs: 5_000 });

const syncWith =
  (channel: FakeChannel, machineUid: string, journalId: string) => (generation: number, lastSeq: number) => {
    if (channel.handlers === null) throw new Error('nobody serves');
    return channel.handlers.onSync({ machineUid, owner: 'service', journalId, generation, lastSeq });
  };

const given = (reply: SyncReply) =>
  reply.ok
    ? { generation: reply.push.generation, floor: reply.push.floor, seqs: reply.push.commands.map(({ seq }) => seq) }
    : reply.error.code;

describe('a pull', () => {
  it('binds the journal first, then gives what is missing, with epoch and lineage', async () => {
    const { channel, owner, machineUid, journalId, lineage } = await open();
    const sync = syncWith(channel, machineUid, journalId);
    await owner.issue(machineUid, ['a', 'void:b', 'c']);
    expect(given(await sync(0, 0))).toEqual({ generation: 1, floor: 3, seqs: [1, 3] });
    expect(await owner.runtime.read((state) => state.queues.get(machineUid)?.journalId)).toBe(journalId);
    const reply = await sync(1, 1);
    expect(given(reply)).toEqual({ generation: 1, floor: 3, seqs: [3] });
    expect(reply).toMatchObject({
      push: { owner: 'service', lineage, epoch: owner.runtime.status().epoch, more: false },
    });
    expect(given(await sync(1, 3))).toEqual({ generation: 1, floor: 3, seqs: [] });
    await owner.cancel(machineUid, 1);
    expect(given(await sync(0, 0))).toEqual({ generation: 1, floor: 3, seqs: [3] });
  });

  it('with another journal begins another generation, whichever came before', async () => {
    const { channel, owner, machineUid, journalId } = await open();
    await owner.issue(machineUid, ['a', 'b']);
    await syncWith(channel, machineUid, journalId)(0, 0);
    const other = randomUUID();
    expect(given(await syncWith(channel, machineUid, other)(0, 0))).toEqual({ generation: 2, floor: 2, seqs: [1, 2] });
    expect(given(await syncWith(channel, machineUid, journalId)(1, 2))).toMatchObject({ generation: 3, seqs: [1, 2] });
    expect(given(await syncWith(channel, machineUid, other)(2, 2))).toMatchObject({ generation: 4, seqs: [1, 2] });
  });

  it('of an unknown machine is refused, and one that is ahead of the log', async () => {
    const { channel, owner, machineUid, journalId } = await open();
    await expect(syncWith(channel, randomUUID(), journalId)(0, 0)).rejects.toMatchObject({
      error: { code: 'machine-unknown' },
    });
    const sync = syncWith(channel, machineUid, journalId);
    await owner.issue(machineUid, ['a']);
    expect(given(await sync(1, 2))).toBe('journal-ahead');
    expect(given(await sync(2, 0))).toBe('journal-ahead');
    expect(owner.problems.map(({ code }) => code)).toEqual(['journal-ahead', 'journal-ahead']);
  });

  it('sends again what was taken long ago and never reported', async () => {
    const { channel, owner, machineUid, journalId } = await open({ repeatAfterMs: 60 });
    const sync = syncWith(channel, machineUid, journalId);
    await owner.issue(machineUid, ['a', 'b', 'c']);
    await sync(0, 0);
    await owner.cancel(machineUid, 2);
    const seen: number[][] = [];
    await until('a repeat', async () => {
      const reply = given(await sync(1, 3));
      if (typeof reply !== 'string') seen.push(reply.seqs);
      return (seen.at(-1)?.length ?? 0) > 0;
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toEqual([1, 3]);
  });
});

describe('a push', () => {
  it('follows what is put into a queue, once the agent has shown its journal', async () => {
    const { channel, owner, machineUid, journalId } = await open();
    await owner.issue(machineUid, ['a']);
    await syncWith(channel, machineUid, journalId)(0, 0);
    await syncWith(channel, machineUid, journalId)(1, 1);
    expect(channel.pushes).toEqual([]);
    await owner.issue(machineUid, ['b', 'c']);
    await until('the push', () => channel.pushes.length === 1);
    await owner.issue(machineUid, ['d']);
    await until('the next push', () => channel.pushes.length === 2);
    expect(channel.seqs()).toEqual([[2, 3], [4]]);
  });

  it('is one at a time per machine and takes together what came meanwhile, bounded over machines', async () => {
    const { channel, owner } = await open({ pushesMax: 3 });
    const machines = Array.from({ length: 8 }, () => randomUUID());
    for (const uid of machines) {
      await owner.addMachine(uid);
      await syncWith(channel, uid, uid)(0, 0);
    }
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { answer } = channel;
    channel.answer = async (uid, push) => {
      await gate;
      return answer(uid, push);
    };
    for (const uid of machines) await owner.issue(uid, ['1']);
    for (const text of ['2', '3', '4']) for (const uid of machines) await owner.issue(uid, [text]);
    release();
    await until('all to be sent', () => channel.pushes.flatMap(({ push }) => push.commands).length === 32);
    expect(channel.atOnceMost).toBe(3);
    expect(channel.pushes.length).toBeLessThanOrEqual(16);
    for (const uid of machines) {
      const mine = channel.pushes.filter((push) => push.machineUid === uid);
      expect(mine.flatMap(({ push }) => push.commands.map(({ seq }) => seq))).toEqual([1, 2, 3, 4]);
    }
  });

  it('goes on in pieces while the agent takes them', async () => {
    const { channel, owner, machineUid, journalId } = await open();
    await syncWith(channel, machineUid, journalId)(0, 0);
    await owner.issue(
      machineUid,
      Array.from({ length: 250 }, (_, index) => `e${index}`),
    );
    await until('three pushes', () => channel.pushes.length === 3);
    expect(channel.seqs().map((seqs) => seqs.length)).toEqual([100, 100, 50]);
  });

  it('without an answer, or refused, changes nothing', async () => {
    const { channel, owner, machineUid, journalId } = await open();
    await syncWith(channel, machineUid, journalId)(0, 0);
    channel.answer = async () => null;
    await owner.issue(machineUid, ['a']);
    await until('the push', () => channel.pushes.length === 1);
    channel.answer = async () => ({
      ok: false,
      generation: 1,
      acceptedUpTo: 0,
      error: { code: 'epoch-old', message: 'below 9' },
    });
    await owner.issue(machineUid, ['b']);
    await until('the refusal', () => owner.problems.length === 1);
    expect(channel.seqs()).toEqual([[1], [1, 2]]);
    expect(owner.problems).toEqual([{ code: 'push-refused', machineUid, message: 'epoch-old: below 9' }]);
    expect(await owner.pending(machineUid)).toEqual([1, 2]);
  });
});

describe('a report', () => {
  const reported = async () => {
    const all = await open();
    await all.owner.issue(all.machineUid, ['a', 'b']);
    const say = (...args: Parameters<typeof reportFor>) => {
      if (all.channel.report === null) throw new Error('nobody takes reports');
      return all.channel.report(reportFor(...args));
    };
    return { ...all, say };
  };

  it('is durable with its output before it is done, and effective once', async () => {
    const { owner, machineUid, lineage, say } = await reported();
    expect(await Promise.all([1, 1, 1, 2].map((seq) => say(machineUid, lineage, seq)))).toEqual(Array(4).fill('done'));
    expect(await say(machineUid, lineage, 1, { message: 'another text' })).toBe('done');
    expect(await owner.done()).toEqual(new Map([['a', 1], ['b', 1]])); // prettier-ignore
    const output = await owner.runtime.read((state) => state.outputs.get('b'));
    expect(output).toMatchObject({ tail: 'output of 2', truncated: false });
    const stored = await owner.log.blobs.read(output?.digest ?? '', 0, 1_000);
    expect(new TextDecoder().decode(stored?.bytes)).toBe('line one\noutput of 2\n');
    expect(owner.problems).toEqual([]);
  });

  it('for nothing that waits, or from another history, is done without effect', async () => {
    const { owner, machineUid, lineage, say } = await reported();
    await owner.cancel(machineUid, 1);
    expect(await say(machineUid, lineage, 1)).toBe('done');
    expect(await say(machineUid, lineage, 99)).toBe('done');
    expect(await say(machineUid, lineage, 2, { generation: 7 })).toBe('done');
    expect(await say(randomUUID(), lineage, 1)).toBe('done');
    expect(await say(machineUid, randomUUID(), 2)).toBe('done');
    expect(await owner.done()).toEqual(new Map());
    expect(owner.problems.map(({ code }) => code)).toEqual(['foreign-lineage']);
    expect(await say(machineUid, lineage, 2)).toBe('done');
    expect(await owner.done()).toEqual(new Map([['b', 1]]));
  });

  it('is not done before its effect is durable, and comes again where that is not known', async () => {
    const { owner, machineUid, lineage, say } = await reported();
    owner.log.store.failNext('not-appended', 'lost-after');
    expect(await say(machineUid, lineage, 1)).toBe('again');
    const leading = () => until('the lead to be back', () => owner.runtime.status().phase === 'leading');
    await leading();
    let verdict: string | null = null;
    while (verdict !== 'done') verdict = await say(machineUid, lineage, 1).catch(() => 'away');
    await leading();
    expect([...owner.log.store.events.values()].filter(({ type }) => type === 'Done')).toHaveLength(1);
    expect(await owner.done()).toEqual(new Map([['a', 1]]));
  });

  it('comes again where its output cannot be stored, or the log not be written', async () => {
    let full = true;
    const channel = new FakeChannel();
    const owner = await openOwner(channel, {
      blobs: { put: () => (full ? Promise.reject(new Error('disk full')) : Promise.resolve()) },
    });
    owners.push(owner);
    await until('agents to be served', () => channel.report !== null);
    const { report } = channel;
    const machineUid = randomUUID();
    await owner.addMachine(machineUid);
    await owner.issue(machineUid, ['a']);
    const { lineage } = owner.runtime.status();
    const said = reportFor(machineUid, lineage ?? '', 1);
    await expect(report?.(said)).rejects.toThrow('disk full');
    expect(await owner.pending(machineUid)).toEqual([1]);
    full = false;
    await owner.runtime.stop();
    expect(await report?.(said)).toBe('again');
  });
});

describe('who leads', () => {
  it('serves, another one does not, until it takes over', async () => {
    const { owner, channel, machineUid, journalId } = await open();
    await owner.issue(machineUid, ['a']);
    const standby = new FakeChannel();
    const next = openOwner(standby, { log: owner.log });
    await waitFor(() => channel.handlers !== null, { deadlineMs: 1_000, what: 'the leader to serve' });
    await owner.runtime.stop();
    const second = await next;
    owners.push(second);
    await until('the second to serve', () => second.runner.serving);
    await until('the first to stop', () => !owner.runner.serving && channel.handlers === null);
    expect(given(await syncWith(standby, machineUid, journalId)(0, 0))).toMatchObject({ seqs: [1] });
    expect(second.runtime.status().epoch).toBeGreaterThan(1);
  });
});
