import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { agentSubjects, reportStream, type StepReport } from '@yiqiu/contracts';
import { waitFor } from '@yiqiu/testing';
import { connectAgent, type AgentTransport } from '../agent-side/index.ts';
import { agentBackoff, agentInboxPrefix, dial, drainAndClose, type NatsLink } from '../connection/index.ts';
import { reportOf } from '../fixtures/agent.fixture.ts';
import { startPlatform, type TestAgentIdentity, type TestPlatform } from '../fixtures/nats.fixture.ts';
import { consumeReports, type ConsumeReportsOptions, type Poison } from './consume.ts';

jest.setTimeout(120_000);

/** A delivery under way to a consumer that stops comes again after the ack wait of 15 s. */
const arrivalMs = 40_000;

let platform: TestPlatform;
let link: NatsLink;
let identity: TestAgentIdentity;
let agent: AgentTransport;
let ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  platform = await startPlatform();
  link = await platform.connect('service-platform');
  identity = await platform.agentIdentity();
  agent = await connectAgent({ servers: platform.url, ...identity, requestTimeoutMs: 2_000 });
});

afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  ends = [];
});

afterAll(async () => {
  await agent.close();
  await platform.stop();
});

const consume = (handler: ConsumeReportsOptions['handler'], more: Partial<ConsumeReportsOptions> = {}) => {
  const stop = new AbortController();
  const poison: Poison[] = [];
  const problems: Error[] = [];
  const running = consumeReports(link, {
    owner: 'service',
    handler,
    onPoison: (message) => poison.push(message),
    onProblem: (error) => problems.push(error),
    signal: stop.signal,
    again: { firstMs: 50, maxMs: 200 },
    ...more,
  });
  const end = async () => {
    stop.abort();
    await running;
  };
  ends.push(end);
  return { poison, problems, end };
};

const reported = (seq: number) =>
  waitFor(() => agent.report(reportOf(identity.machineUid, seq)).then(() => true), {
    deadlineMs: 30_000,
    what: `report ${seq} to be stored`,
  });

const inStream = async (): Promise<number> => {
  const manager = await jetstreamManager(link.connection, { checkAPI: false });
  return (await manager.streams.info(reportStream.name)).state.messages;
};

const empty = () =>
  waitFor(async () => (await inStream()) === 0, { deadlineMs: arrivalMs, what: 'the stream to be empty' });

describe('reports', () => {
  it('are refused while there is no stream, then handled once and taken out', async () => {
    await expect(agent.report(reportOf(identity.machineUid, 1))).rejects.toMatchObject({ name: 'NoAnswerError' });
    const seen: StepReport[] = [];
    consume(async (report) => {
      seen.push(report);
      return 'done';
    });
    await reported(1);
    await reported(1);
    await reported(2);
    await waitFor(() => seen.length === 2, { deadlineMs: arrivalMs, what: 'both reports' });
    expect(seen).toEqual([reportOf(identity.machineUid, 1), reportOf(identity.machineUid, 2)]);
    await empty();
  });

  it('come again until they are done, also after a throw', async () => {
    const tries: number[] = [];
    const { problems } = consume(async ({ seq }) => {
      tries.push(seq);
      if (tries.length === 1) throw new Error('no database');
      return tries.length < 4 ? 'again' : 'done';
    });
    await reported(10);
    await waitFor(() => tries.length === 4, { deadlineMs: arrivalMs, what: 'four tries' });
    await empty();
    expect(problems.map((error) => error.message)).toEqual(['no database']);
  });

  it('that are none are taken out, and told', async () => {
    const handler = jest.fn(async () => 'done' as const);
    const { poison } = consume(handler);
    const raw = await dial(
      {
        servers: platform.url,
        name: 'raw',
        inboxPrefix: agentInboxPrefix(identity.machineUid),
        credentials: identity,
        backoff: agentBackoff,
      },
      AbortSignal.timeout(5_000),
    );
    const subject = agentSubjects.report(identity.machineUid, 'service');
    const strange = reportOf('0198c0de-0000-7000-8000-000000000001', 1);
    for (const body of [
      '{',
      '{}',
      JSON.stringify(strange),
      JSON.stringify(reportOf(identity.machineUid, 1, { owner: 'machine' })),
    ]) {
      await raw.request(subject, body, { timeout: 2_000 });
    }
    await waitFor(() => poison.length === 4, { deadlineMs: arrivalMs, what: 'four poisoned messages' });
    await empty();
    expect(handler).not.toHaveBeenCalled();
    expect(poison[0]).toMatchObject({ subject, sizeBytes: 1 });
    await drainAndClose(raw);
  });

  it('are handled in bounded numbers, and stopping waits for those at work', async () => {
    let atWork = 0;
    let most = 0;
    const done: number[] = [];
    const { end } = consume(
      async ({ seq }) => {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 20));
        atWork -= 1;
        done.push(seq);
        return 'done';
      },
      { atWorkMax: 4 },
    );
    await Promise.all(Array.from({ length: 40 }, (_, index) => reported(100 + index)));
    await waitFor(() => done.length > 5, { deadlineMs: arrivalMs, what: 'some to be handled' });
    await end();
    expect(atWork).toBe(0);
    expect(most).toBeLessThanOrEqual(4);
    await link.connection.flush();
    expect(await inStream()).toBe(40 - done.length);
    // Those that were handed out and not begun come to the next one; what was on its way, after the server's patience.
    consume(async ({ seq }) => {
      done.push(seq);
      return 'done';
    });
    await empty();
    expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => 100 + index));
  });

  it.each([{ wipeStore: false }, { wipeStore: true }])(
    'go on after the server restarted (%o)',
    async ({ wipeStore }) => {
      const seen: number[] = [];
      consume(async ({ seq }) => {
        seen.push(seq);
        return 'done';
      });
      await reported(200);
      await waitFor(() => seen.includes(200), { deadlineMs: 30_000, what: 'the first report' });
      await platform.kill();
      await platform.start({ wipeStore });
      await reported(201);
      await waitFor(() => seen.includes(201), { deadlineMs: 30_000, what: 'the report after the restart' });
      await empty();
    },
  );
});
