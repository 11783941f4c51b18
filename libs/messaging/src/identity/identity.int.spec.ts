import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { headers, PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import { agentSubjects, eventStream, reportStream } from '@yiqiu/contracts';
import { tempDir, waitFor } from '@yiqiu/testing';
import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { agentBackoff, agentInboxPrefix, dial, drainAndClose } from '../connection/index.ts';
import { startPlatform, type TestAgentIdentity, type TestPlatform } from '../fixtures/nats.fixture.ts';
import { ensureStream, eventStreamConfig, reportStreamConfig } from '../streams.ts';
import { createAuthority, openAgentIssuer } from './authority.ts';

jest.setTimeout(30_000);

let platform: TestPlatform;
let identity: TestAgentIdentity;
let agent: NatsConnection;
let service: NatsConnection;
const problems: Error[] = [];
const other = randomUUID();

const dialAs = (who: { jwt: string; seed: string; machineUid: string }, onProblem: (error: Error) => void) =>
  dial(
    {
      servers: platform.url,
      name: 'agent',
      inboxPrefix: agentInboxPrefix(who.machineUid),
      credentials: who,
      backoff: agentBackoff,
      onProblem,
    },
    AbortSignal.timeout(5_000),
  );

beforeAll(async () => {
  platform = await startPlatform();
  identity = await platform.agentIdentity();
  agent = await dialAs(identity, (error) => problems.push(error));
  service = (await platform.connect('service-platform')).connection;
  const jsm = await jetstreamManager(service);
  await ensureStream(jsm, reportStreamConfig());
  await ensureStream(jsm, eventStreamConfig('service'));
});

afterAll(async () => {
  await drainAndClose(agent);
  await platform.stop();
});

/** What the server refuses, it says so. A subject that is always refused comes after, so that its refusal ends the wait. */
const violationsOf = async (act: () => void): Promise<string[]> => {
  problems.length = 0;
  act();
  const last = `yiqiu.end.${randomUUID()}`;
  agent.publish(last);
  await waitFor(() => violations().includes(last), { deadlineMs: 2_000, what: 'the last refusal' });
  return violations().filter((subject) => subject !== last);
};

const violations = (): string[] => {
  return problems.flatMap((error) => (error instanceof PermissionViolationError ? [error.subject] : []));
};

describe('an agent may use its own subjects', () => {
  it('publishes and subscribes below its machine, and asks', async () => {
    const refused = await violationsOf(() => {
      agent.publish(agentSubjects.heartbeat(identity.machineUid), '{}');
      agent.subscribe(agentSubjects.command(identity.machineUid, 'service'));
      agent.subscribe(agentSubjects.ask(identity.machineUid));
    });
    expect(refused).toEqual([]);
    const sub = service.subscribe('yiqiu.m.*.sync.service', {
      max: 1,
      callback: (_error, m) => void m.respond('here'),
    });
    await service.flush();
    const reply = await agent.request(agentSubjects.sync(identity.machineUid, 'service'), '{}', { timeout: 2_000 });
    expect(reply.string()).toBe('here');
    sub.unsubscribe();
  });

  it('reports into the stream without any JetStream subject', async () => {
    const reply = await agent.request(agentSubjects.report(identity.machineUid, 'service'), '{}', { timeout: 2_000 });
    expect(reply.json()).toMatchObject({ stream: reportStream.name });
  });
});

describe('an agent may use nothing else', () => {
  const evt = eventStream('service').name;
  it.each([
    agentSubjects.command(other, 'service'),
    agentSubjects.heartbeat(other),
    agentSubjects.ask(other),
    agentSubjects.report(other, 'machine'),
    'yiqiu.evt.service.unit.StepSucceeded',
    'yiqiu.evt.machine.machine.MachineAdded',
    'yiqiu.anything',
    '$JS.API.INFO',
    `$JS.API.STREAM.INFO.${evt}`,
    `$JS.API.STREAM.DELETE.${evt}`,
    `$JS.API.STREAM.PURGE.${reportStream.name}`,
    `$JS.API.STREAM.MSG.GET.${reportStream.name}`,
    `$JS.API.CONSUMER.CREATE.${reportStream.name}`,
    `$JS.ACK.${reportStream.name}.service.1.1.1.1.1`,
    '$SYS.REQ.SERVER.PING',
    '$SYS.REQ.ACCOUNT.PING',
    `${agentInboxPrefix(other)}.x`,
    '_INBOX_svc.service-platform.x',
    '_INBOX.x',
    '_INBOX.x.y',
  ])('publish %s is refused', async (subject) => {
    expect(await violationsOf(() => agent.publish(subject, '{}'))).toEqual([subject]);
  });

  it.each([
    '>',
    '*',
    'yiqiu.>',
    'yiqiu.m.>',
    'yiqiu.m.*.cmd.service',
    'yiqiu.m.*.ask',
    agentSubjects.ask(other),
    agentSubjects.command(other, 'service'),
    agentSubjects.all(other),
    'yiqiu.evt.>',
    '$JS.>',
    '$JS.EVENT.>',
    '$SYS.>',
    '_INBOX.>',
    `${agentInboxPrefix(other)}.>`,
    '_INBOX_svc.service-platform.>',
    '*.>',
  ])('subscribe %s is refused', async (subject) => {
    expect(await violationsOf(() => agent.subscribe(subject, { callback: () => undefined }))).toEqual([subject]);
  });

  it('answers a request that it got, once, and not another one', async () => {
    const answers: string[] = [];
    const inbox = service.subscribe('_INBOX_svc.service-platform.once', {
      callback: (_error, message) => void answers.push(message.string()),
    });
    const got = new Promise<string>((resolve) => {
      agent.subscribe(agentSubjects.command(identity.machineUid, 'service'), {
        max: 1,
        callback: (_error, message) => resolve(message.reply ?? ''),
      });
    });
    await agent.flush();
    service.publish(agentSubjects.command(identity.machineUid, 'service'), '{}', {
      reply: '_INBOX_svc.service-platform.once',
    });
    const replyTo = await got;
    expect(await violationsOf(() => agent.publish(replyTo, 'first'))).toEqual([]);
    expect(await violationsOf(() => agent.publish(replyTo, 'second'))).toEqual([replyTo]);
    await waitFor(() => answers.length > 0, { deadlineMs: 2_000, what: 'the answer' });
    await service.flush();
    expect(answers).toEqual(['first']);
    inbox.unsubscribe();
  });

  it('cannot make the server act for it by the reply subject of a report', async () => {
    const jsm = await jetstreamManager(service);
    service.publish('yiqiu.evt.service.unit.UnitReady', 'kept');
    await service.flush();
    const before = (await jsm.streams.info(evt)).state.messages;
    expect(before).toBeGreaterThan(0);
    const api = ['PURGE', 'DELETE', 'MSG.DELETE', 'UPDATE', 'CREATE'].map((verb) => `$JS.API.STREAM.${verb}.${evt}`);
    for (const reply of [...api, `$JS.API.CONSUMER.DURABLE.CREATE.${evt}.x`]) {
      const message = headers();
      message.set('Nats-Msg-Id', randomUUID());
      agent.publish(agentSubjects.report(identity.machineUid, 'service'), '', { reply, headers: message });
    }
    await agent.flush();
    await agent.request(agentSubjects.report(identity.machineUid, 'service'), '{}', { timeout: 2_000 });
    expect((await jsm.streams.info(evt)).state.messages).toBe(before);
  });
});

describe('a service', () => {
  it('neither deletes nor purges streams, nor speaks for another owner', async () => {
    const refused: string[] = [];
    const link = await platform.connect('machine-manager');
    void (async () => {
      for await (const status of link.connection.status()) {
        if (status.type === 'error' && status.error instanceof PermissionViolationError)
          refused.push(status.error.subject);
      }
    })();
    const tries = [
      `$JS.API.STREAM.DELETE.${evtName('machine')}`,
      `$JS.API.STREAM.PURGE.${reportStream.name}`,
      'yiqiu.evt.service.unit.UnitReady',
      agentSubjects.command(other, 'service'),
      agentSubjects.ask(other),
      `${agentInboxPrefix(other)}.x`,
    ];
    for (const subject of tries) link.connection.publish(subject, '');
    await link.connection.flush();
    await waitFor(() => refused.length === tries.length, { deadlineMs: 2_000, what: 'the refusals' });
    expect(refused).toEqual(tries);
  });
});

describe('an authority', () => {
  it('is refused by a server of another one', async () => {
    const temp = tempDir();
    const strange = await createAuthority(join(temp.path, 'a'));
    const credentials = await strange.mintService('gateway');
    const seen: Error[] = [];
    await expect(
      dial(
        {
          servers: platform.url,
          name: 'stranger',
          inboxPrefix: '_INBOX_x',
          credentials,
          backoff: { firstMs: 50, maxMs: 50 },
          onProblem: (error) => seen.push(error),
        },
        AbortSignal.timeout(500),
      ),
    ).rejects.toThrow();
    expect(seen[0]?.message).toMatch(/Authorization Violation/i);
    temp.remove();
  });

  it('is made once, readable by its owner only, and mints only what it should', async () => {
    const temp = tempDir();
    const dir = join(temp.path, 'a');
    await createAuthority(dir);
    await expect(createAuthority(dir)).rejects.toThrow('holds something already');
    for (const file of readdirSync(dir)) expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
    const issuer = openAgentIssuer(dir);
    await expect(issuer.mintAgent('UABC', randomUUID())).rejects.toThrow();
    await expect(issuer.mintAgent('SUAB', randomUUID())).rejects.toThrow('not an nkey user key');
    await expect(issuer.mintAgent('UABC', '*')).rejects.toThrow('is not a uuid');
    temp.remove();
  });
});

const evtName = (context: 'machine' | 'service'): string => eventStream(context).name;
