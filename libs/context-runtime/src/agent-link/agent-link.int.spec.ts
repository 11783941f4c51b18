import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { MemoryLog } from '@yiqiu/event-log';
import { waitFor } from '@yiqiu/testing';
import { CountingAgent, KillableNats } from './agents.fixture.ts';
import { openOwner, type Owner } from './link.fixture.ts';
import { natsAgentLinkChannel } from './nats-channel.ts';

jest.setTimeout(120_000);

let nats: KillableNats;
let agents: CountingAgent[] = [];
let owner: Owner | null = null;

beforeAll(async () => {
  nats = await KillableNats.start();
});

afterEach(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  agents = [];
  await owner?.stop();
  owner = null;
});

afterAll(() => nats.stop());

const lead = async (log?: MemoryLog): Promise<Owner> => {
  await owner?.stop();
  const channel = natsAgentLinkChannel(await nats.link(), {
    owner: 'service',
    onPoison: ({ problem }) => {
      throw new Error(problem);
    },
    onProblem: () => undefined,
  });
  owner = await openOwner(channel, { repeatAfterMs: 400, ...(log === undefined ? {} : { log }) });
  return owner;
};

const enlist = async (leader: Owner, count: number): Promise<CountingAgent[]> => {
  agents = Array.from({ length: count }, () => new CountingAgent(nats));
  for (const agent of agents) {
    await leader.addMachine(agent.machineUid);
    await agent.start();
  }
  return agents;
};

const enlistOne = async (leader: Owner): Promise<CountingAgent> => {
  const [agent] = await enlist(leader, 1);
  if (agent === undefined) throw new Error('no agent');
  return agent;
};

const allDone = (leader: Owner, texts: readonly string[], deadlineMs = 40_000) =>
  waitFor(async () => (await leader.done()).size >= texts.length, {
    deadlineMs,
    what: `${texts.length} errands to be done`,
  });

const once = (texts: readonly string[]) => new Map(texts.map((text) => [text, 1]));
const sorted = (map: ReadonlyMap<string, number>) => [...map].sort();

describe('the link over a real server', () => {
  it('carries errands out and results back', async () => {
    const leader = await lead();
    const agent = await enlistOne(leader);
    await leader.issue(agent.machineUid, ['a', 'b', 'c']);
    await allDone(leader, ['a', 'b', 'c']);
    expect(await leader.done()).toEqual(once(['a', 'b', 'c']));
    expect(agent.ran).toEqual(once(['a', 'b', 'c']));
    expect(leader.problems).toEqual([]);
  });

  it.each([{ wipeStore: false }, { wipeStore: true }])(
    'brings a result that is said after the server restarted (%o)',
    async ({ wipeStore }) => {
      const leader = await lead();
      const agent = await enlistOne(leader);
      agent.silent = true;
      await leader.issue(agent.machineUid, ['a']);
      await waitFor(() => agent.ran.has('a'), { deadlineMs: 10_000, what: 'the errand to be run' });
      await nats.restart({ wipeStore });
      agent.silent = false;
      await allDone(leader, ['a']);
      expect(await leader.done()).toEqual(once(['a']));
      expect(agent.ran).toEqual(once(['a']));
    },
  );

  it('asks again for a result that the server acknowledged and lost', async () => {
    const leader = await lead();
    const agent = await enlistOne(leader);
    await leader.issue(agent.machineUid, ['a']);
    await allDone(leader, ['a']);
    // The owner is away while the agent reports; the store goes before it is back.
    agent.silent = true;
    await leader.issue(agent.machineUid, ['b']);
    await waitFor(() => agent.ran.has('b'), { deadlineMs: 10_000, what: 'the errand to be run' });
    await leader.stop();
    agent.silent = false;
    await waitFor(() => agent.unreported === 0, { deadlineMs: 10_000, what: 'the stream to have the result' });
    await nats.restart({ wipeStore: true });
    const next = await lead(leader.log);
    await allDone(next, ['a', 'b']);
    expect(await next.done()).toEqual(once(['a', 'b']));
    expect(agent.ran).toEqual(once(['a', 'b']));
  });

  it('issues anew to an agent that lost its journal', async () => {
    const leader = await lead();
    const agent = await enlistOne(leader);
    agent.silent = true;
    await leader.issue(agent.machineUid, ['a']);
    await waitFor(() => agent.ran.has('a'), { deadlineMs: 10_000, what: 'the errand to be run' });
    await agent.stop();
    agent.forget();
    agent.silent = false;
    await agent.start();
    await allDone(leader, ['a']);
    expect(await leader.done()).toEqual(once(['a']));
    expect(await leader.runtime.read((state) => state.queues.get(agent.machineUid)?.generation)).toBe(2);
  });

  it('does each errand once through kills of the server, the owner and the agents', async () => {
    let leader = await lead();
    const crew = await enlist(leader, 6);
    const texts: string[] = [];
    const issueAll = async (round: string) => {
      for (const [index, agent] of crew.entries()) {
        const mine = Array.from({ length: 15 }, (_, n) => `${round}-${index}-${n}`);
        texts.push(...mine);
        await leader.issue(agent.machineUid, mine);
      }
    };
    await issueAll('calm');
    await nats.restart({ wipeStore: false });
    await issueAll('restarted');
    leader = await lead(leader.log);
    await issueAll('owner');
    await Promise.all(crew.slice(0, 3).map((agent) => agent.stop()));
    await issueAll('halved');
    await nats.restart({ wipeStore: true });
    await Promise.all(crew.slice(0, 3).map((agent) => agent.start()));
    leader = await lead(leader.log);
    await issueAll('last');
    await allDone(leader, texts, 90_000);
    expect(sorted(await leader.done())).toEqual(sorted(once(texts)));
    expect(sorted(new Map(crew.flatMap((agent) => [...agent.ran])))).toEqual(sorted(once(texts)));
    expect(leader.problems).toEqual([]);
  });
});
