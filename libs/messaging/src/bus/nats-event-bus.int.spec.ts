import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { eventStream, reportStream } from '@yiqiu/contracts';
import { delay, waitFor } from '@yiqiu/testing';
import { agentBackoff, agentInboxPrefix, dial, drainAndClose, type NatsLink } from '../connection/index.ts';
import { collect, outgoing, range } from '../fixtures/bus.fixture.ts';
import { startPlatform, type TestPlatform } from '../fixtures/nats.fixture.ts';
import { ensureStream, eventBoundsDefault, eventStreamConfig, reportStreamConfig } from '../streams.ts';
import { PublishGapError } from './missing.ts';
import { NatsEventBus } from './nats-event-bus.ts';

jest.setTimeout(60_000);

let platform: TestPlatform;
let link: NatsLink;
let publisher: NatsEventBus;
let consumer: NatsEventBus;
const stream = eventStream('service').name;
const problems: Error[] = [];

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(() => platform.stop());

/** Each test begins on an empty store. */
const fresh = async () => {
  await platform.kill();
  await platform.start({ wipeStore: true });
  link = await platform.connect('service-platform');
  publisher = new NatsEventBus(link);
  problems.length = 0;
  consumer = new NatsEventBus(await platform.connect('resource-platform'), {
    onProblem: (error) => problems.push(error),
  });
};

const manager = () => jetstreamManager(link.connection, { checkAPI: false });
const lastSeq = async () => (await (await manager()).streams.info(stream)).state.last_seq;

describe('publishing', () => {
  it('stands in the stream once and in order, however often and by however many it is repeated', async () => {
    await fresh();
    const second = new NatsEventBus(await platform.connect('service-platform'));
    await publisher.publish('service', outgoing(1, 400));
    await Promise.all([
      publisher.publish('service', outgoing(390, 900)),
      second.publish('service', outgoing(350, 950)),
    ]);
    await publisher.publish('service', outgoing(940, 1000));
    expect(await lastSeq()).toBe(1000);
    expect(await publisher.lastPublished('service')).toEqual({ position: 1000, lineage: 'lineage-1' });
    const one = collect(consumer, 0);
    await one.until(1000);
    expect(one.positions()).toEqual(range(1, 1000));
    expect(one.events[6]?.body).toBe(outgoing(7, 7)[0]?.body);
    await one.stop();
    expect(problems).toEqual([]);
  });

  it('refuses to leave a hole, and takes another lineage', async () => {
    await fresh();
    expect(await publisher.lastPublished('service')).toBeNull();
    await publisher.publish('service', outgoing(5, 6));
    await expect(publisher.publish('service', outgoing(8, 8))).rejects.toThrow(PublishGapError);
    await publisher.publish('service', outgoing(7, 8));
    await publisher.publish('service', outgoing(3, 4, 'lineage-2'));
    const one = collect(consumer, 6);
    await one.until(4);
    expect(one.events.slice(-2).map((e) => e.lineage)).toEqual(['lineage-2', 'lineage-2']);
    await one.stop();
  });

  it('puts back what the stream dropped while the server still knows its ids', async () => {
    await fresh();
    await publisher.publish('service', outgoing(1, 3));
    const jsm = await manager();
    await jsm.streams.update(stream, { max_msgs: 1 });
    const administrator = (await platform.connect('administrator')).connection;
    await administrator.request('yiqiu.evt.service.unit.UnitReady', 'pushes out the last event', { timeout: 5_000 });
    await jsm.streams.update(stream, { max_msgs: -1 });
    expect(await publisher.lastPublished('service')).toBeNull();
    await new NatsEventBus(link).publish('service', outgoing(1, 4));
    const one = collect(consumer, 0);
    await one.until(4);
    expect(one.positions()).toEqual([1, 2, 3, 4]);
    await one.stop();
  });
});

describe('consuming', () => {
  it('begins at its cursor by the constant offset, also in a stream that does not begin at 1', async () => {
    await fresh();
    await publisher.publish('service', outgoing(101, 200));
    const cases: [number, number][] = [
      [0, 101],
      [100, 101],
      [150, 151],
      [199, 200],
    ];
    for (const [cursor, first] of cases) {
      const one = collect(consumer, cursor);
      await one.until(200);
      expect(one.positions()).toEqual(range(first, 200));
      await one.stop();
    }
    const live = collect(consumer, 200);
    await publisher.publish('service', outgoing(201, 201));
    await live.until(201);
    expect(live.positions()).toEqual([201]);
    await live.stop();
  });

  it('waits for a stream that is not there yet, and idles without trouble', async () => {
    await fresh();
    const one = collect(consumer, 0);
    await publisher.publish('service', outgoing(1, 2));
    await one.until(2);
    problems.length = 0;
    // Longer than one request for messages stands: the next one has to follow without a new session.
    await delay(6_500);
    await publisher.publish('service', outgoing(3, 3));
    await one.until(3);
    expect(one.positions()).toEqual([1, 2, 3]);
    expect(problems).toEqual([]);
    await one.stop();
  });

  it('skips what is no event, and says so', async () => {
    await fresh();
    await publisher.publish('service', outgoing(1, 2));
    await ensureStream(await manager(), reportStreamConfig());
    const identity = await platform.agentIdentity();
    const agent = await dial(
      {
        servers: platform.url,
        name: 'agent',
        inboxPrefix: agentInboxPrefix(identity.machineUid),
        credentials: identity,
        backoff: agentBackoff,
      },
      AbortSignal.timeout(5_000),
    );
    // JetStream's acknowledgement goes to the reply subject, whatever the agent itself may publish.
    const reply = 'yiqiu.evt.service.unit.StepSucceeded';
    agent.publish(`yiqiu.m.${identity.machineUid}.report.service`, '{}', { reply });
    agent.publish(`yiqiu.m.${identity.machineUid}.report.service`, '', { reply: `$JS.API.STREAM.PURGE.${stream}` });
    agent.publish(`yiqiu.m.${identity.machineUid}.report.service`, '', { reply: `$JS.API.STREAM.DELETE.${stream}` });
    await agent.flush();
    await waitFor(async () => (await lastSeq()) === 3, { deadlineMs: 5_000, what: 'the foreign message' });
    expect(await publisher.lastPublished('service')).toEqual({ position: 2, lineage: 'lineage-1' });
    await publisher.publish('service', outgoing(3, 4));
    const one = collect(consumer, 1);
    await one.until(4);
    expect(one.positions().slice(-3)).toEqual([2, 3, 4]);
    expect(problems.map((error) => error.message)).toEqual([expect.stringContaining('is no event')]);
    expect((await (await manager()).streams.info(reportStream.name)).state.messages).toBe(3);
    await one.stop();
    await drainAndClose(agent);
  });
});

describe('trouble', () => {
  it.each([{ wipeStore: false }, { wipeStore: true }])(
    'goes on after the server restarted (%o)',
    async ({ wipeStore }) => {
      await fresh();
      await publisher.publish('service', outgoing(1, 5));
      const up = collect(consumer, 0);
      await up.until(5);
      await platform.kill();
      await expect(publisher.publish('service', outgoing(6, 6))).rejects.toThrow();
      await platform.start({ wipeStore });
      await waitFor(() => publisher.publish('service', outgoing(6, 8)).then(() => true), {
        deadlineMs: 20_000,
        what: 'publishing again',
      });
      await up.until(8);
      const down = collect(consumer, 5);
      await down.until(8);
      expect(down.positions()).toEqual([6, 7, 8]);
      expect([...new Set(up.positions())]).toEqual(range(1, 8));
      await Promise.all([up.stop(), down.stop()]);
    },
    60_000,
  );

  it('goes on after the stream was made anew under it, with positions that restart the sequence', async () => {
    await fresh();
    await publisher.publish('service', outgoing(1, 50));
    const up = collect(consumer, 0);
    await up.until(50);
    const admin = await jetstreamManager((await platform.connect('administrator')).connection, { checkAPI: false });
    await admin.streams.delete(stream);
    await publisher.publish('service', outgoing(51, 53));
    await up.until(53);
    expect(up.positions()).toEqual(range(1, 53));
    expect(await lastSeq()).toBe(3);
    await up.stop();
  });
});

describe('streams', () => {
  it('are made once, brought up to date, and by several at once', async () => {
    await fresh();
    const jsm = await manager();
    const wanted = eventStreamConfig('service', { ageMsMax: 1_000, bytesMax: 1_000_000 });
    await Promise.all(range(1, 8).map(() => ensureStream(jsm, wanted)));
    await ensureStream(jsm, eventStreamConfig('service'));
    const { config } = await jsm.streams.info(stream);
    expect(config).toMatchObject({ max_bytes: eventBoundsDefault.bytesMax, deny_purge: true, discard: 'old' });
    await ensureStream(jsm, reportStreamConfig());
    expect((await jsm.streams.info(reportStream.name)).config).toMatchObject({
      retention: 'workqueue',
      discard: 'new',
    });
  });
});
