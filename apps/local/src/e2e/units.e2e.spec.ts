import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import type { DataView, EventView, UnitLogsView, UnitView } from '@yiqiu/contracts';
import { isRunning, processIdentity, waitFor } from '@yiqiu/processes';
import { checkout, groupDocument, withPlatform, type TestPlatform } from './platform.fixture.ts';

interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

const repairedWithinMs = 30_000;

/** The story of a group, told through the command line, on real machines with a real program. */
describe('a group of units', () => {
  let platform: TestPlatform;
  let document: string;
  withPlatform((started) => {
    platform = started;
    document = join(platform.dir, 'shop.yaml');
    writeFileSync(document, groupDocument('shop', 3));
  });

  const units = async (): Promise<UnitView[]> => (await platform.get<Page<UnitView>>('/units?group=shop')).items;

  const unit = (name: string): Promise<UnitView> => {
    const [group = '', service = '', ordinal = ''] = name.split('/');
    return platform.get<UnitView>(`/groups/${group}/services/${service}/units/${ordinal}`);
  };

  const greeting = async ({ ip, ports }: UnitView): Promise<string> => {
    const response = await fetch(`http://${ip}:${ports['http']}/`, { signal: AbortSignal.timeout(2_000) });
    return response.text();
  };

  const visitsOf = async (one: UnitView): Promise<number> => Number(/visit (\d+)/.exec(await greeting(one))?.[1]);

  it('is RUNNING on three machines after push and apply, and apply again changes nothing', async () => {
    const pushed = await platform.yiqiu('program', 'push', join(checkout, 'deploy/programs/hello'));
    expect(pushed).toMatchObject({ status: 0, stdout: expect.stringContaining('hello@1.0.0 is pushed') });
    const asked = await platform.yiqiu('apply', '-f', document);
    expect(asked).toMatchObject({ status: 2, stderr: expect.stringContaining('add --yes') });
    expect((await platform.rest('GET', '/groups/shop')).status).toBe(404);

    const applied = await platform.yiqiu('apply', '-f', document, '--yes');
    expect(applied).toMatchObject({ status: 0, stderr: expect.stringContaining('of 3 units') });
    const found = await units();
    expect(found.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'shop/web/0 RUNNING',
      'shop/web/1 RUNNING',
      'shop/web/2 RUNNING',
    ]);
    expect(new Set(found.map(({ machine }) => machine)).size).toBe(3);
    for (const one of found) expect(await greeting(one)).toContain(`hello from ${one.name}`);

    const before = await platform.rest('GET', '/groups/shop');
    const again = await platform.yiqiu('apply', '-f', document, '--yes');
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to change') });
    expect((await platform.rest('GET', '/groups/shop')).body).toEqual(before.body);
  }, 90_000);

  it('scales to five and to one; those that stay are not touched', async () => {
    const before = await units();
    expect(await platform.yiqiu('scale', 'shop/web', '5')).toMatchObject({ status: 0 });
    const five = await units();
    expect(five.map(({ ordinal, state }) => [ordinal, state])).toEqual([0, 1, 2, 3, 4].map((n) => [n, 'RUNNING']));
    expect(five.slice(0, 3).map(({ uid, incarnation }) => [uid, incarnation])).toEqual(
      before.map(({ uid, incarnation }) => [uid, incarnation]),
    );
    const places = five.map(({ ip, ports }) => `${ip}:${ports['http']}`);
    expect(new Set(places).size).toBe(5);

    expect(await platform.yiqiu('scale', 'shop/web', '1')).toMatchObject({ status: 2 });
    expect((await units()).length).toBe(5);
    expect(await platform.yiqiu('scale', 'shop/web', '1', '--yes')).toMatchObject({ status: 0 });
    expect((await units()).map(({ name, state }) => [name, state])).toEqual([['shop/web/0', 'RUNNING']]);
    for (const one of five.slice(1)) await expect(greeting(one)).rejects.toThrow();
  }, 90_000);

  it('changes its config in place, goes back, and refuses what the schema does not allow', async () => {
    const pids = await platform.pids('unit/shop/web/0');
    expect(await platform.yiqiu('config', 'set', 'shop/web', 'greeting=hi there', 'slow=0')).toMatchObject({
      status: 0,
    });
    expect(await greeting(await unit('shop/web/0'))).toContain('hi there from shop/web/0');
    expect(await platform.pids('unit/shop/web/0')).toEqual(pids);
    for (const wrong of ['slow=ten', 'slow=10001', 'gretting=hi']) {
      expect(await platform.yiqiu('config', 'set', 'shop/web', wrong)).toMatchObject({ status: 1, stdout: '' });
    }
    expect(await platform.yiqiu('config', 'rollback', 'shop/web')).toMatchObject({ status: 0 });
    expect(await greeting(await unit('shop/web/0'))).toContain('hello from shop/web/0');
  }, 60_000);

  it('tells what its process and its hooks printed, by REST and by the command line, and leaves no trace of it', async () => {
    const path = '/groups/shop/services/web/units/0/logs';
    const before = await allEvents();
    const logs = await platform.get<UnitLogsView>(`${path}?tail=1`);
    expect(logs).toMatchObject({ unit: 'shop/web/0', machine: (await unit('shop/web/0')).machine, source: 'process' });
    expect(logs.text).toMatch(/^loaded: greeting 'hello'.*\n$/);
    expect(await platform.get(`${path}?cursor=${logs.cursor}`)).toMatchObject({ text: '', cursor: logs.cursor });
    expect(await platform.yiqiu('unit', 'logs', 'shop/web/0', '--tail', '1')).toEqual({
      ...{ status: 0, stdout: logs.text, stderr: '' },
    });
    const hook = await platform.yiqiu('unit', 'logs', 'shop/web/0', '--hook', 'config-changed');
    expect(hook).toMatchObject({ status: 0, stdout: expect.stringMatching(/^greeting: hello \(reason: [a-z]+\)\n$/) });
    expect(await platform.json('unit', 'logs', 'shop/web/0', '--hook', 'install')).toMatchObject({ source: 'install' });
    for (const [query, status, code] of [
      ['?tail=0', 400, 'request-malformed'],
      ['?tail=10001', 400, 'request-malformed'],
      ['?source=stop', 404, 'log-source-unknown'],
      ['?cursor=nonsense', 400, 'logs-malformed'],
    ] as const) {
      expect(await platform.rest('GET', `${path}${query}`)).toMatchObject({ status, body: { status, code } });
    }
    expect(await platform.yiqiu('unit', 'logs', 'shop/web/9')).toMatchObject({ status: 3, stdout: '' });
    const types = (await allEvents()).slice(before.length).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('Step') || type.startsWith('Unit'))).toEqual([]);
  }, 60_000);

  it('follows what is printed until Ctrl-C', async () => {
    const following = platform.follow('unit', 'logs', 'shop/web/0', '--tail', '1', '--follow');
    await waitFor(() => following.stdout() !== '', { deadlineMs: 20_000, what: 'the last line' });
    expect(await platform.yiqiu('unit', 'restart', 'shop/web/0')).toMatchObject({ status: 0 });
    await waitFor(() => following.stdout().includes('stopping\n'), { deadlineMs: 20_000, what: 'what it printed' });
    await waitFor(() => /stopping\nloaded: .*\n/.test(following.stdout()), {
      deadlineMs: 20_000,
      what: 'what the next process printed',
    });
    expect(following.stdout().match(/stopping/g)).toHaveLength(1);
    expect(await following.interrupt()).toBe(0);
  }, 90_000);

  it('cannot tell it while its agent is away: the machine is named, and when it was last seen', async () => {
    const { machine } = await unit('shop/web/0');
    const path = '/groups/shop/services/web/units/0/logs';
    // Started again after a second.
    await platform.fate('kill', `agent/${machine}`);
    const answer = await platform.rest('GET', path);
    expect(answer).toMatchObject({ status: 503, body: { code: 'agent-silent' } });
    expect((answer.body as { detail: string }).detail).toMatch(
      new RegExp(`machine ${machine} does not answer; last seen \\d+ s ago`),
    );
    const again = async (): Promise<boolean> => (await platform.rest('GET', path)).status === 200;
    await waitFor(again, { deadlineMs: repairedWithinMs, what: 'the new agent to answer' });
  }, 60_000);

  it('lives on when its agent is killed: same process, same incarnation', async () => {
    const before = await unit('shop/web/0');
    const agent = `agent/${before.machine}`;
    const [pids, agentPids] = [await platform.pids('unit/shop/web/0'), await platform.pids(agent)];
    const identity = processIdentity(pids[0] ?? 0);
    if (identity === null) throw new Error('the unit has no process');
    const killedAt = new Date().toISOString();
    expect(await platform.yiqiu('local', 'kill', agent)).toMatchObject({ status: 0 });
    const after = await waitFor(
      async () => {
        const [seen, now] = [await unit('shop/web/0'), await platform.pids(agent)];
        const isBack = now.length > 0 && now[0] !== agentPids[0] && (seen.observedAt ?? '') > killedAt;
        return isBack && seen;
      },
      { deadlineMs: repairedWithinMs, what: 'the new agent to report the unit' },
    );
    expect(after).toMatchObject({ state: 'RUNNING', uid: before.uid, incarnation: before.incarnation });
    expect(await platform.pids('unit/shop/web/0')).toEqual(pids);
    expect(isRunning(identity)).toBe(true);
  }, 60_000);

  it.each([
    ['while the agent looks on', false],
    ['and the agent killed with it', true],
  ])(
    'is right again within 30 s when its process is stopped and its journal row deleted, %s',
    async (_how, withAgent) => {
      const before = await unit('shop/web/0');
      const visits = await visitsOf(before);
      const [pid = 0] = await platform.pids('unit/shop/web/0');
      const identity = processIdentity(pid);
      if (identity === null) throw new Error('the unit has no process');
      const agent = `agent/${before.machine}`;
      const at = Date.now();
      if (withAgent) await platform.fate('pause', agent);
      await platform.fate('kill', 'unit/shop/web/0');
      const journal = new DatabaseSync(join(platform.data, 'machines', before.machine ?? '', 'agent', 'journal.db'));
      expect(journal.prepare('DELETE FROM unit WHERE uid = ?').run(before.uid).changes).toBe(1);
      journal.close();
      if (withAgent) await platform.fate('kill', agent);
      expect(isRunning(identity)).toBe(false);
      const seen = await waitFor(
        async () => {
          const [now, found] = [await platform.pids('unit/shop/web/0'), await unit('shop/web/0')];
          const isRight =
            now.length > 0 && found.state === 'RUNNING' && (found.observedAt ?? '') > new Date(at).toISOString();
          return isRight && (await visitsOf(found)) > visits && found;
        },
        { deadlineMs: repairedWithinMs - (Date.now() - at), what: 'the unit to serve again, with its data' },
      );
      expect(seen).toMatchObject({ uid: before.uid, incarnation: before.incarnation, machine: before.machine });
      const rows = new DatabaseSync(join(platform.data, 'machines', before.machine ?? '', 'agent', 'journal.db'));
      expect(rows.prepare('SELECT uid FROM unit WHERE uid = ?').all(before.uid)).toHaveLength(1);
      rows.close();
    },
    90_000,
  );

  it('refuses a second start beside it; after SIGTERM nothing runs, and a second start has everything as before', async () => {
    const other = platform.spawn();
    let said = '';
    other.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const code = await new Promise((resolve) => other.once('exit', resolve));
    expect(code).toBe(1);
    expect(said).toContain(`pid ${platform.file.pid}`);

    const before = await units();
    const visits = await visitsOf(before[0] as UnitView);
    const heads = await positions();
    const running = await platform.processes();
    expect(running.length).toBeGreaterThan(8);
    expect(await platform.stop()).toBe(0);
    expect(running.filter(isRunning)).toEqual([]);
    expect(existsSync(join(platform.data, 'fate.sock'))).toBe(false);

    await platform.start();
    const after = await waitFor(
      async () => {
        const found = await units();
        return (
          found.length > 0 &&
          found.every(({ state, uid, startedAt }) => state === 'RUNNING' && isAnotherStart(before, uid, startedAt)) &&
          found
        );
      },
      { deadlineMs: 60_000, what: 'the units to run again' },
    );
    const lasting = ({ name, uid, incarnation, container, machine, ip, ports }: UnitView) => ({
      ...{ name, uid, incarnation, container, machine, ip, ports },
    });
    expect(after.map(lasting)).toEqual(before.map(lasting));
    expect(await visitsOf(after[0] as UnitView)).toBe(visits + 1);
    const [machine = 0, resource = 0, service = 0] = await positions();
    expect([machine >= (heads[0] ?? 0), resource >= (heads[1] ?? 0), service >= (heads[2] ?? 0)]).toEqual([
      true,
      true,
      true,
    ]);
    // An announced power-off: no fault, no failure, no ticket comes of it.
    const types = (await allEvents()).map(({ type }) => type);
    for (const never of ['MachineFaultDetected', 'TicketOpened', 'StepFailed', 'ContainerEvacuating'])
      expect(types).not.toContain(never);
  }, 400_000);

  /** Another process than the one before the power-off: what the log says is of then. */
  const isAnotherStart = (before: readonly UnitView[], uid: string, startedAt: string | null): boolean =>
    startedAt !== null && startedAt !== before.find((unit) => unit.uid === uid)?.startedAt;

  const allEvents = async (): Promise<EventView[]> => {
    const events: EventView[] = [];
    for (let cursor: string | null = 'machine:0'; cursor !== null;) {
      const page: Page<EventView> = await platform.get(`/events?limit=1000&cursor=${cursor}`);
      events.push(...page.items);
      cursor = page.next;
    }
    return events;
  };

  const positions = async (): Promise<number[]> => {
    const events = await allEvents();
    return ['machine', 'resource', 'service'].map((context) =>
      Math.max(0, ...events.filter((event) => event.context === context).map(({ position }) => position)),
    );
  };

  it('is destroyed without a trace, save for its data, which is listed and there', async () => {
    expect(await platform.yiqiu('destroy', 'shop')).toMatchObject({ status: 2 });
    const [last] = await units();
    expect(await platform.yiqiu('destroy', 'shop', '--yes')).toMatchObject({ status: 0 });
    expect(await platform.yiqiu('status', 'shop')).toMatchObject({ status: 3 });
    expect(await platform.yiqiu('unit', 'show', 'shop/web/0')).toMatchObject({ status: 3 });
    await expect(greeting(last as UnitView)).rejects.toThrow();
    const { items } = await platform.json<Page<DataView>>('data', 'list');
    expect(items.map(({ unit: of, kind }) => `${of} ${kind}`).sort()).toEqual(
      [0, 1, 2, 3, 4].map((n) => `shop/web/${n} orphaned`),
    );
    const mine = items.find(({ unit: of }) => of === 'shop/web/0');
    expect(mine).toMatchObject({ incarnation: last?.incarnation, machine: last?.machine });
    expect(readdirSync(mine?.path ?? '')).toContain('visits');
    const machines = await platform.get<Page<{ allocated: unknown; name: string; holdsOrphans: boolean }>>('/machines');
    for (const { allocated } of machines.items) expect(allocated).toEqual({ cpuMilli: 0, memoryMiB: 0, diskMiB: 0 });
    expect(machines.items.filter(({ holdsOrphans }) => holdsOrphans).map(({ name }) => name)).toContain(mine?.machine);
  }, 60_000);

  it('has its story in the events, in order, without a gap', async () => {
    const told = await platform.json<Page<EventView>>('events', '--from', '1', '--limit', '100000');
    const events = await allEvents();
    expect(told.items.slice(0, events.length)).toEqual(events.slice(0, told.items.length));
    for (const context of ['machine', 'resource', 'service']) {
      const own = events.filter((event) => event.context === context).map(({ position }) => position);
      expect(own).toEqual(own.map((_, index) => index + 1));
    }
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    const stamps = events.map(({ meta }) => meta['hlc'] as { l: number; c: number });
    const sorted = [...stamps].sort((a, b) => a.l - b.l || a.c - b.c);
    expect(stamps).toEqual(sorted);
    const story = events
      .filter(({ data }) => data['unit'] === 'shop/web/0')
      .map(({ type, data }) => `${type} ${String(data['step'] ?? '')}`.trim());
    const steps = ['install', 'config-changed', 'start', 'relation-changed'];
    const deployed = [
      'UnitRequested',
      'ContainerAllocated',
      'UnitBound',
      ...steps.flatMap((step) => [`StepIssued ${step}`, `StepSucceeded ${step}`]),
      'UnitReady',
      'ContainerActivated',
    ];
    expect(story.filter((step) => deployed.includes(step)).slice(0, deployed.length)).toEqual(deployed);
    expect(story.slice(-3).sort()).toEqual(['ContainerReleased', 'DataOrphaned', 'UnitRemoved']);
    expect(events.filter(({ type }) => type === 'ServiceScaled').map(({ data }) => [data['from'], data['to']])).toEqual(
      [
        [3, 5],
        [5, 1],
      ],
    );
  }, 60_000);

  const dataOf = async (name: string): Promise<DataView[]> =>
    (await platform.get<Page<DataView>>(`/data?unit=${name}`)).items;

  it('leaves data that another unit of its machine can adopt, and that a person can purge', async () => {
    const [mine] = await dataOf('shop/web/0');
    if (mine === undefined) throw new Error('shop/web/0 left no data');
    const visits = Number(readFileSync(join(mine.path, 'visits'), 'utf8'));
    writeFileSync(document, groupDocument('depot', 5));
    expect(await platform.yiqiu('apply', '-f', document, '--yes')).toMatchObject({ status: 0 });
    const { items } = await platform.get<Page<UnitView>>(`/units?group=depot&machine=${mine.machine}`);
    const [heir] = items;
    if (heir === undefined) throw new Error(`no unit of depot is on ${mine.machine}`);
    await greeting(heir);

    const adopt = ['data', 'adopt', mine.id, '--unit', heir.name];
    expect(await platform.yiqiu(...adopt)).toMatchObject({ status: 1, stderr: expect.stringContaining('unit stop') });
    expect(await platform.yiqiu('unit', 'stop', heir.name)).toMatchObject({ status: 0 });
    expect(await platform.yiqiu(...adopt)).toMatchObject({ status: 0 });
    expect(await platform.yiqiu('unit', 'start', heir.name)).toMatchObject({ status: 0 });
    expect(await visitsOf(heir)).toBe(visits + 1);
    expect(await dataOf('shop/web/0')).toEqual([]);
    const [displaced] = await dataOf(heir.name);
    expect(displaced).toMatchObject({ machine: mine.machine, kind: 'orphaned' });

    const purge = ['data', 'purge', displaced?.id ?? ''];
    expect(await platform.yiqiu(...purge)).toMatchObject({ status: 2, stderr: expect.stringContaining('--yes') });
    expect(existsSync(displaced?.path ?? '')).toBe(true);
    expect(await platform.yiqiu(...purge, '--yes')).toMatchObject({ status: 0 });
    expect(existsSync(displaced?.path ?? '')).toBe(false);
    expect(await dataOf(heir.name)).toEqual([]);
    expect(await platform.yiqiu(...purge, '--yes')).toMatchObject({ status: 3 });
    expect(await visitsOf(heir)).toBe(visits + 2);
  }, 120_000);
});
