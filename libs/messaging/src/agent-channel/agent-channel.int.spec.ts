import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createInbox } from '@nats-io/transport-node';
import {
  agentSubjects,
  fetchBytesMax,
  type AgentAnswer,
  type CommandPush,
  type Heartbeat,
  type SyncRequest,
} from '@yiqiu/contracts';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { waitFor } from '@yiqiu/testing';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { connectAgent, FetchRefusedError, NoAnswerError, type AgentTransport } from '../agent-side/index.ts';
import { agentBackoff, agentInboxPrefix, dial, drainAndClose, type NatsLink } from '../connection/index.ts';
import { heartbeatOf, helloAnswer, helloOf, pushOf, stateOf } from '../fixtures/agent.fixture.ts';
import { startPlatform, type TestAgentIdentity, type TestPlatform } from '../fixtures/nats.fixture.ts';
import type { AgentChannel, ServeAgentsOptions } from './handlers.ts';
import { askAgent } from './ask.ts';
import { serveAgents } from './serve.ts';

jest.setTimeout(60_000);

let platform: TestPlatform;
let machineManager: NatsLink;
let servicePlatform: NatsLink;
let identity: TestAgentIdentity;
let agent: AgentTransport;
let channels: AgentChannel[] = [];
const problems: string[] = [];
const archive = randomBytes(fetchBytesMax + 12_345);
const digest = createHash('sha256').update(archive).digest('hex');

const serve = (link: NatsLink, owner: 'machine' | 'service', more: Partial<ServeAgentsOptions> = {}): AgentChannel => {
  const channel = serveAgents(link, {
    owner,
    onSync: async () => ({ ok: true, push: pushOf([1, 2], owner) }),
    onProblem: (error) => problems.push(error.message),
    ...more,
  });
  channels.push(channel);
  return channel;
};

const syncOf = (owner: 'machine' | 'service'): SyncRequest => ({
  machineUid: identity.machineUid,
  owner,
  journalId: randomUUID(),
  generation: 0,
  lastSeq: 0,
});

const rawAgent = (who: TestAgentIdentity) =>
  dial(
    {
      servers: platform.url,
      name: 'raw',
      inboxPrefix: agentInboxPrefix(who.machineUid),
      credentials: who,
      backoff: agentBackoff,
    },
    AbortSignal.timeout(5_000),
  );

beforeAll(async () => {
  platform = await startPlatform();
  machineManager = await platform.connect('machine-manager');
  servicePlatform = await platform.connect('service-platform');
  identity = await platform.agentIdentity();
  agent = await connectAgent({ servers: platform.url, ...identity, requestTimeoutMs: 2_000 });
});

afterEach(async () => {
  await Promise.all(channels.map((channel) => channel.stop()));
  channels = [];
  problems.length = 0;
});

afterAll(async () => {
  await agent.close();
  await platform.stop();
});

describe('what an agent says', () => {
  it('reaches its owner and is answered: hello, heartbeat, sync, state', async () => {
    const beats: Heartbeat[] = [];
    const greeted = jest.fn(async (_said: ReturnType<typeof helloOf>) => helloAnswer);
    serve(machineManager, 'machine', { onHello: greeted, onHeartbeat: (beat) => beats.push(beat) });
    serve(servicePlatform, 'service', { onState: async () => ({ ok: true }) });
    await Promise.all([machineManager.connection.flush(), servicePlatform.connection.flush()]);
    const said = helloOf(identity.machineUid);
    expect(await agent.hello(said)).toEqual(helloAnswer);
    expect(greeted).toHaveBeenCalledWith(said);
    agent.heartbeat(heartbeatOf(identity.machineUid, 1));
    await waitFor(() => beats.length === 1, { deadlineMs: 2_000, what: 'the heartbeat' });
    expect(await agent.sync(syncOf('machine'))).toEqual({ ok: true, push: pushOf([1, 2], 'machine') });
    expect(await agent.sync(syncOf('service'))).toMatchObject({ ok: true, push: { owner: 'service' } });
    expect(await agent.state(stateOf(identity.machineUid))).toEqual({ ok: true });
    expect(problems).toEqual([]);
  });

  it('fetches an archive piece by piece', async () => {
    serve(servicePlatform, 'service', {
      onFetch: async (request) =>
        request.digest === digest
          ? { bytes: archive.subarray(request.offset, request.offset + request.length), size: archive.length }
          : null,
    });
    await servicePlatform.connection.flush();
    const pieces: Uint8Array[] = [];
    for (let offset = 0, size = 1; offset < size;) {
      const piece = await agent.fetch(digest, offset);
      pieces.push(piece.bytes);
      offset += piece.bytes.length;
      size = piece.size;
    }
    expect(pieces.length).toBe(2);
    expect(createHash('sha256').update(Buffer.concat(pieces)).digest('hex')).toBe(digest);
    await expect(agent.fetch('0'.repeat(64), 0)).rejects.toThrow(FetchRefusedError);
  });

  it('is refused with the code of the refusal, and not answered by who does not lead', async () => {
    let kind: 'not-found' | 'unavailable' = 'not-found';
    serve(servicePlatform, 'service', {
      onSync: async () => {
        throw new RefusedError(refusal(kind, 'machine-unknown', 'no such machine'));
      },
      onState: async () => {
        throw new Error('a secret of the inside');
      },
    });
    await servicePlatform.connection.flush();
    expect(await agent.sync(syncOf('service'))).toEqual({
      ok: false,
      error: { code: 'machine-unknown', message: 'no such machine' },
    });
    expect(JSON.stringify(await agent.state(stateOf(identity.machineUid)))).not.toContain('secret');
    kind = 'unavailable';
    await expect(agent.sync(syncOf('service'))).rejects.toMatchObject({ name: 'NoAnswerError', why: 'late' });
  });

  it('is not taken where it names another machine, another owner, or wants the answer elsewhere', async () => {
    const asked = jest.fn(async () => ({ ok: true as const, push: pushOf([1]) }));
    const beat = jest.fn();
    serve(servicePlatform, 'service', { onSync: asked });
    serve(machineManager, 'machine', { onHeartbeat: beat });
    await Promise.all([machineManager.connection.flush(), servicePlatform.connection.flush()]);
    const raw = await rawAgent(identity);
    const subject = agentSubjects.sync(identity.machineUid, 'service');
    const ask = async (body: unknown) =>
      (await raw.request(subject, typeof body === 'string' ? body : JSON.stringify(body), { timeout: 2_000 })).json();
    const malformed = { ok: false, error: { code: 'malformed' } };
    expect(await ask({ ...syncOf('service'), machineUid: randomUUID() })).toMatchObject(malformed);
    expect(await ask(syncOf('machine'))).toMatchObject(malformed);
    expect(await ask({ ...syncOf('service'), lastSeq: -1 })).toMatchObject(malformed);
    expect(await ask('{"machineUid":')).toMatchObject(malformed);
    raw.publish(agentSubjects.heartbeat(identity.machineUid), JSON.stringify(heartbeatOf(randomUUID(), 1)));
    for (const reply of [createInbox(agentInboxPrefix(randomUUID())), agentSubjects.command(randomUUID(), 'service')]) {
      raw.publish(subject, JSON.stringify(syncOf('service')), { reply });
    }
    await waitFor(() => problems.filter((p) => p.includes('elsewhere')).length === 2, {
      deadlineMs: 2_000,
      what: 'the problems',
    });
    expect(asked).not.toHaveBeenCalled();
    expect(beat).not.toHaveBeenCalled();
    await drainAndClose(raw);
  });

  it('is worked on in bounded numbers, the rest is dropped and said', async () => {
    let atWork = 0;
    let most = 0;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    serve(servicePlatform, 'service', {
      atWorkMax: 3,
      waitingMax: 4,
      onSync: async () => {
        most = Math.max(most, ++atWork);
        await gate;
        atWork -= 1;
        return { ok: true, push: pushOf([1]) };
      },
    });
    await servicePlatform.connection.flush();
    const answers = Promise.allSettled(Array.from({ length: 10 }, () => agent.sync(syncOf('service'))));
    await waitFor(() => problems.length === 3, { deadlineMs: 2_000, what: 'three to be dropped' });
    release();
    expect((await answers).filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect(most).toBe(3);
  });

  it('gets no answer where nobody serves', async () => {
    await expect(agent.sync(syncOf('service'))).rejects.toMatchObject({ name: 'NoAnswerError', why: 'no-responders' });
    await expect(agent.hello(helloOf(identity.machineUid))).rejects.toThrow(NoAnswerError);
  });
});

describe('what an owner pushes', () => {
  it('is answered with how far it is journalled, in order per owner, and null without an answer', async () => {
    const own = await platform.agentIdentity();
    const channel = serve(servicePlatform, 'service');
    expect(await channel.push(own.machineUid, pushOf([1]))).toBeNull();
    const seen: CommandPush[] = [];
    const link = await connectAgent({ servers: platform.url, ...own });
    link.onPush(async (push) => {
      seen.push(push);
      await new Promise((resolve) => setTimeout(resolve, push.commands[0]?.seq === 1 ? 50 : 0));
      const last = push.commands.at(-1)?.seq ?? 0;
      if (last === 9) throw new Error('disk full');
      return { ok: true, generation: push.generation, acceptedUpTo: last };
    });
    await waitFor(() => channel.push(own.machineUid, pushOf([1])), { deadlineMs: 2_000, what: 'the subscription' });
    const both = [channel.push(own.machineUid, pushOf([1])), channel.push(own.machineUid, pushOf([2, 3]))];
    expect(await Promise.all(both)).toEqual([
      { ok: true, generation: 1, acceptedUpTo: 1 },
      { ok: true, generation: 1, acceptedUpTo: 3 },
    ]);
    expect(seen.slice(-2).map((push) => push.commands.length)).toEqual([1, 2]);
    expect(await channel.push(own.machineUid, pushOf([9]))).toEqual({
      ok: false,
      generation: 0,
      acceptedUpTo: 0,
      error: { code: 'failed', message: 'disk full' },
    });
    await link.close();
  });

  it('comes again after the server restarted, and the agent knows when it is away', async () => {
    const own = await platform.agentIdentity();
    const link = await connectAgent({ servers: platform.url, ...own });
    const statuses: string[] = [];
    link.onStatus((status) => statuses.push(status));
    link.onPush(async ({ generation, floor }) => ({ ok: true, generation, acceptedUpTo: floor }));
    const channel = serve(servicePlatform, 'service');
    await platform.kill();
    await waitFor(() => link.status() === 'disconnected', { deadlineMs: 5_000, what: 'the loss' });
    await expect(link.sync(syncOf('service'))).rejects.toMatchObject({ why: 'disconnected' });
    await platform.start();
    await waitFor(() => channel.push(own.machineUid, pushOf([4])), { deadlineMs: 30_000, what: 'an answer' });
    expect(statuses).toEqual(['disconnected', 'connected']);
    await link.close();
  });

  it('reaches an agent that started while there was no server', async () => {
    const own = await platform.agentIdentity();
    await platform.kill();
    const link = await connectAgent({ servers: platform.url, ...own, firstConnectMs: 200 });
    expect(link.status()).toBe('disconnected');
    link.onPush(async ({ generation, floor }) => ({ ok: true, generation, acceptedUpTo: floor }));
    await platform.start();
    const channel = serve(servicePlatform, 'service');
    await waitFor(() => channel.push(own.machineUid, pushOf([4])), { deadlineMs: 30_000, what: 'an answer' });
    await link.close();
  });
});

describe('a question', () => {
  const unitUid = randomUUID();
  const question = { kind: 'unit-logs', unitUid, source: 'process', lines: 10, cursor: null } as const;
  const answer: AgentAnswer = {
    ok: true,
    kind: 'unit-logs',
    text: 'a line\n',
    truncated: false,
    more: false,
    cursor: '-.1.0',
    writtenAt: 1,
    observedAt: 2,
  };

  it('is answered by the agent that is asked, in order, and needs nothing of a queue', async () => {
    const own = await platform.agentIdentity();
    const link = await connectAgent({ servers: platform.url, ...own });
    const seen: number[] = [];
    link.onQuestion(async ({ lines }) => {
      if (lines === 1) await new Promise((resolve) => setTimeout(resolve, 50));
      if (lines === 3) throw new Error('no plain file');
      seen.push(lines);
      return answer;
    });
    const ask = (lines: number) => askAgent(servicePlatform, own.machineUid, { ...question, lines });
    await waitFor(() => ask(9).catch(() => null), { deadlineMs: 2_000, what: 'the subscription' });
    seen.length = 0;
    expect(await Promise.all([ask(1), ask(2)])).toEqual([answer, answer]);
    expect(seen).toEqual([1, 2]);
    expect(await ask(3)).toEqual({ ok: false, error: { code: 'failed', message: 'no plain file' } });
    const raw = (body: unknown) =>
      servicePlatform.connection
        .request(agentSubjects.ask(own.machineUid), JSON.stringify(body), { timeout: 2_000 })
        .then((reply) => reply.json());
    expect(await raw({ kind: 'what-else' })).toMatchObject({ ok: false, error: { code: 'question-unknown' } });
    expect(await raw({ ...question, lines: 0 })).toMatchObject({ ok: false, error: { code: 'malformed' } });
    await link.close();
  });

  it('has no answer at once where nobody listens, and after the time where somebody keeps silent', async () => {
    const own = await platform.agentIdentity();
    await expect(askAgent(servicePlatform, own.machineUid, question)).rejects.toMatchObject({ why: 'no-responders' });
    const link = await connectAgent({ servers: platform.url, ...own });
    link.onQuestion(() => new Promise(() => undefined));
    await waitFor(
      () =>
        askAgent(servicePlatform, own.machineUid, question, 200).catch(
          (error: { why: string }) => error.why === 'late',
        ),
      { deadlineMs: 5_000, what: 'silence' },
    );
    await link.close();
  });
});
