import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import type { AlarmView, ContainerView, EventView, MachineView, UnitView } from '@yiqiu/contracts';
import { waitFor } from '@yiqiu/processes';
import { checkout, withPlatform, type TestPlatform } from './platform.fixture.ts';
import { Redelivery } from './redelivery.fixture.ts';

interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

// Each redelivery restarts a process and waits for it.
jest.setTimeout(240_000);

const data = "  - { name: data, path: data, mode: '0750' } # outlives the unit: a removal orphans it\n";

/** Page 02, "Across the layers": a test for each row, which also delivers its events again and goes the way of a refusal. */
describe('across the layers', () => {
  let platform: TestPlatform;
  let redelivery: Redelivery;

  withPlatform(
    async (started) => {
      platform = started;
      redelivery = new Redelivery(platform);
      // One with data that waits for its machine, one whose data can be made anew, one without.
      await push('hello', (manifest) => manifest);
      await push('again', (manifest) => manifest.replace("mode: '0750' }", "mode: '0750', onLoss: rebuild }"));
      await push('plain', (manifest) =>
        manifest.replace(`data:\n${data}`, 'provides:\n  - { name: web, interface: http }\n'),
      );
      await push(
        'front',
        (manifest) => manifest.replace(`data:\n${data}`, 'requires:\n  - { name: upstream, interface: http }\n'),
        (template) => `${template}upstream {{join relations.upstream.units "{name}" ","}}\n`,
      );
    },
    async () => {
      await redelivery?.close();
    },
  );

  const push = async (
    name: string,
    manifest: (text: string) => string,
    template: (text: string) => string = (text) => text,
  ): Promise<void> => {
    const directory = join(platform.dir, name);
    cpSync(join(checkout, 'deploy/programs/hello'), directory, { recursive: true });
    const change = (file: string, edit: (text: string) => string) =>
      writeFileSync(join(directory, file), edit(readFileSync(join(directory, file), 'utf8')));
    change('yiqiu.yaml', (text) => manifest(text).replace('name: hello\n', `name: ${name}\n`));
    change('templates/hello.conf.hbs', template);
    expect(await platform.yiqiu('program', 'push', directory)).toMatchObject({ status: 0 });
    rmSync(directory, { recursive: true });
  };

  const yiqiu = async (...words: string[]): Promise<void> => {
    expect(await platform.yiqiu(...words)).toMatchObject({ status: 0 });
  };

  const apply = (group: string, services: string, ...more: string[]) => {
    const file = join(platform.dir, `${group}.yaml`);
    writeFileSync(file, `apiVersion: yiqiu/v1\nkind: Group\nname: ${group}\n${services}`);
    return yiqiu('apply', '-f', file, '--yes', ...more);
  };

  const service = (name: string, program: string, units: number, more = ''): string =>
    `  ${name}: { program: ${program}@1.0.0, package: small, pools: [bj01], units: ${units}${more} }\n`;

  const units = async (group: string): Promise<UnitView[]> =>
    (await platform.get<Page<UnitView>>(`/units?group=${group}&limit=1000`)).items;
  const containers = async (group: string): Promise<ContainerView[]> =>
    (await platform.get<Page<ContainerView>>('/containers?limit=1000')).items.filter(
      ({ service: of, state }) => of.startsWith(`${group}/`) && state !== 'RELEASED',
    );
  const ordinals = (found: readonly ContainerView[]): string[] =>
    found.map(({ service: of, ordinal }) => `${of}/${ordinal}`).sort();
  const machine = (name: string): Promise<MachineView> => platform.get<MachineView>(`/machines/${name}`);

  const allRun = (group: string, count: number) =>
    waitFor(
      async () => {
        const found = await units(group);
        return found.length === count && found.every(({ state }) => state === 'RUNNING') && found;
      },
      { deadlineMs: 90_000, what: `${count} units of ${group} RUNNING` },
    );

  const events = async (type: string): Promise<EventView[]> =>
    (await platform.get<Page<EventView>>(`/events?type=${type}&limit=1000`)).items;

  /** The last of a type that fits, waited for. */
  const event = (type: string, fits: (data: EventView['data']) => boolean = () => true): Promise<EventView> =>
    waitFor(async () => (await events(type)).findLast((found) => fits(found.data)), {
      deadlineMs: 60_000,
      what: `an event ${type}`,
    });

  const countOf = async (type: string, unit: string): Promise<number> =>
    (await events(type)).filter((found) => found.data['unit'] === unit).length;
  const ofUnit = (name: string) => (found: EventView['data']) => found['unit'] === name;
  const first = (...found: EventView[]): EventView => {
    const [one] = found.sort((a, b) => a.position - b.position);
    if (one === undefined) throw new Error('there is no event');
    return one;
  };

  describe('MachineAdded … InventoryChanged → resource: keeps its list of machines', () => {
    it('and takes none of them twice', async () => {
      await yiqiu('machine', 'label', 'm1', 'disk=ssd');
      await yiqiu('machine', 'backup', 'm3', '--reason', 'test');
      await event('HostObserved', (found) => found['machine'] === 'm3' && found['state'] === 'INITED');
      await yiqiu('machine', 'online', 'm3');
      const seen = async (): Promise<unknown[]> => {
        const hosts = new Map((await events('HostObserved')).map((found) => [found.data['machine'], found.data]));
        return [...hosts.values()].map((host) => [host['machine'], host['state'], host['labels']]).sort();
      };
      const wanted = [
        ['m1', 'READY', { disk: 'ssd' }],
        ['m2', 'READY', {}],
        ['m3', 'READY', {}],
      ];
      await waitFor(async () => JSON.stringify(await seen()) === JSON.stringify(wanted), {
        deadlineMs: 30_000,
        what: 'the list of machines',
      });
      expect(await redelivery.again('resource', first(...(await events('MachineAdded'))))).toEqual([]);
    });

    it('refused: halts, and raises an alarm until an operator has seen to it', async () => {
      const cursor = await redelivery.cursor('resource', 'machine');
      await redelivery.restartWith('resource', 'machine', {
        ...cursor,
        lineage: '0198c0de-0000-7000-8000-00000000dead',
      });
      const halts = async (): Promise<string[]> => {
        const { items } = await platform.get<Page<AlarmView>>('/alarms');
        return items.filter(({ kind }) => kind === 'consumer-halted').map(({ message }) => message);
      };
      await yiqiu('machine', 'label', 'm1', 'disk=hdd');
      const [message] = await waitFor(async () => ((await halts()).length > 0 ? halts() : false), {
        deadlineMs: 60_000,
        what: 'the alarm',
      });
      expect(message).toMatch(/^context resource takes no more events of context machine: .*lineage/);
      expect((await platform.yiqiu('status')).stdout).toContain('context resource takes no more events');
      await redelivery.restartWith('resource', 'machine', cursor);
      await event(
        'HostObserved',
        (found) => found['machine'] === 'm1' && JSON.stringify(found['labels']).includes('hdd'),
      );
      await waitFor(async () => (await halts()).length === 0, { deadlineMs: 60_000, what: 'the end of the alarm' });
    });
  });

  describe('UnitRequested → resource: a container is allocated', () => {
    it('once, whatever is told again', async () => {
      await apply('shop', `services:\n${service('web', 'plain', 2)}${service('keep', 'again', 2)}`);
      await allRun('shop', 4);
      expect(await redelivery.again('resource', first(...(await events('UnitRequested'))))).toEqual([]);
      expect(ordinals(await containers('shop'))).toEqual(['shop/keep/0', 'shop/keep/1', 'shop/web/0', 'shop/web/1']);
    });
  });

  describe('UnitReady → resource: ALLOCATED becomes ACTIVE', () => {
    it('once', async () => {
      expect((await containers('shop')).map(({ state }) => state)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
      const ready = (await events('UnitReady')).filter(({ data: { unit } }) => /^shop/.test(String(unit)));
      expect(await redelivery.again('resource', first(...ready))).toEqual([]);
      expect(await countOf('ContainerActivated', 'shop/web/0')).toBe(1);
    });
  });

  describe('UnitRequested that finds no room, UnitRemoved → resource', () => {
    it('refused: PlacementPending with the reason, all or none; placed when there is room', async () => {
      await apply('wide', `services:\n${service('web', 'plain', 4, ', ports: { http: 9100 }')}`, '--detach');
      const pending = await event('PlacementPending', ofUnit('wide/web/3'));
      expect(JSON.stringify(pending.data)).toMatch(/port/);
      const waiting = await units('wide');
      expect(waiting.map(({ state }) => state)).toEqual(['PENDING', 'PENDING', 'PENDING', 'PENDING']);
      expect(waiting[0]?.message).toMatch(/all or none/);
      expect(await redelivery.again('resource', await event('UnitRequested', ofUnit('wide/web/0')))).toEqual([]);
      await yiqiu('scale', 'wide/web', '3', '--yes');
      await allRun('wide', 3);
      await yiqiu('destroy', 'wide', '--yes');
      await waitFor(async () => (await containers('wide')).length === 0, { deadlineMs: 60_000, what: 'the release' });
      // What is gone is not asked for again, and released once.
      expect(await redelivery.again('resource', await event('UnitRemoved', ofUnit('wide/web/3')))).toEqual([]);
    });
  });

  describe('ContainerAllocated → service: bound to its unit, which is deployed', () => {
    it('once', async () => {
      const steps = (await events('StepIssued')).length;
      const allocated = (await events('ContainerAllocated')).filter(({ data: { unit } }) => /^shop/.test(String(unit)));
      const again = await redelivery.again('service', first(...allocated));
      // Those of the group that is gone meanwhile are declined, and nothing else is said.
      expect(again.filter((line) => !line.startsWith('ContainerDeclined'))).toEqual([]);
      expect((await events('StepIssued')).length).toBe(steps);
    });

    it('refused: ContainerDeclined → resource: released; already gone: done', async () => {
      await event('ContainerDeclined', ofUnit('wide/web/0'));
      expect(await containers('wide')).toEqual([]);
      const released = (await events('ContainerReleased')).filter(({ data: { unit } }) => unit === 'wide/web/0');
      expect(released).toHaveLength(1);
      expect(await redelivery.again('resource', first(...(await events('ContainerDeclined'))))).toEqual([]);
    });
  });

  describe('UnitReady, UnitLeaving, RelationDataSet → service: told to requirers and members', () => {
    const told = async (): Promise<string> => {
      const front = (await units('edge')).find(({ service: of }) => of === 'edge/front');
      const directory = join(platform.data, 'machines', front?.machine ?? '');
      const home = readdirSync(directory).find((entry) => entry.startsWith('front_')) ?? '';
      return readFileSync(join(directory, home, 'conf', 'hello.conf'), 'utf8');
    };
    const upstream = (wanted: string) =>
      waitFor(async () => (await told()).includes(`upstream ${wanted}\n`), {
        deadlineMs: 60_000,
        what: `the address list ${wanted}`,
      });

    it('only ready ones, each change once, also through the death of the service layer', async () => {
      const relation = 'relations:\n  - { from: front:upstream, to: back:web }\n';
      await apply('edge', `services:\n${service('back', 'plain', 1)}${service('front', 'front', 1)}${relation}`);
      await upstream('edge/back/0');
      await yiqiu('scale', 'edge/back', '2', '--detach');
      await platform.fate('kill', 'service-platform');
      await upstream('edge/back/0,edge/back/1');
      await allRun('edge', 3);
      await yiqiu('scale', 'edge/back', '1', '--yes');
      await upstream('edge/back/0');
      const front = (await units('edge')).find(({ service: of }) => of === 'edge/front');
      const reloads = (await events('StepIssued')).filter(
        ({ data: { unit, step } }) => unit === front?.name && step === 'relation-changed',
      );
      // On the way up, for the one that came, for the one that went.
      expect(reloads.length).toBeLessThanOrEqual(3);
      await yiqiu('destroy', 'edge', '--yes');
    });

    it('refused: a requirer waits until its relation is ready', async () => {
      await apply('lone', `services:\n${service('front', 'front', 1)}`, '--detach');
      const [front] = await waitFor(
        async () => {
          const found = await units('lone');
          return /upstream/.test(found[0]?.message ?? '') && found;
        },
        { deadlineMs: 60_000, what: 'the unit to say what it waits for' },
      );
      expect(front?.state).not.toBe('RUNNING');
      await yiqiu('destroy', 'lone', '--yes');
    });
  });

  describe('OfflineRequested → resource: MachineCloseRefused → machine', () => {
    it('refused: OfflineCancelled, where containers are left', async () => {
      const [unit] = await units('shop');
      await yiqiu('machine', 'backup', unit?.machine ?? '', '--reason', 'test');
      const refused = await platform.yiqiu('machine', 'offline', unit?.machine ?? '', '--yes', '--reason', 'test');
      expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('does not go offline') });
      const cancelled = await event('OfflineCancelled', (found) => found['name'] === unit?.machine);
      expect(cancelled.data).toMatchObject({ name: unit?.machine });
      expect((await machine(unit?.machine ?? '')).state).toBe('INITED');
      await yiqiu('machine', 'online', unit?.machine ?? '');
      expect(await redelivery.again('machine', await event('MachineCloseRefused'))).toEqual([]);
      expect(await redelivery.again('resource', await event('OfflineRequested'))).toEqual([]);
    });
  });

  describe('a machine dies', () => {
    let dead = '';

    it('MachineFaultDetected → resource: evacuates; ContainerEvacuating → service: migrates by fence and data', async () => {
      await apply('home', `services:\n${service('web', 'hello', 3)}`);
      // Its port is free on no machine but its own.
      await apply('full', `services:\n${service('keep', 'again', 3, ', ports: { http: 9200 }')}`);
      await allRun('home', 3);
      await allRun('full', 3);
      const keep = (await units('shop')).find(({ name }) => name === 'shop/keep/0');
      dead = keep?.machine ?? '';
      const before = await units('shop');
      await platform.fate('kill', dead);
      await event('UnitMigrated', ofUnit('shop/keep/0'));
      await allRun('shop', 4);
      const after = await units('shop');
      for (const unit of before) {
        const now = after.find(({ name }) => name === unit.name);
        expect(now?.incarnation).toBe(unit.machine === dead ? unit.incarnation + 1 : unit.incarnation);
        expect(now?.machine === dead).toBe(false);
      }
      const fault = await event('MachineFaultDetected');
      expect(await redelivery.again('resource', fault)).toEqual([]);
      expect(await redelivery.again('service', await event('ContainerEvacuating', ofUnit('shop/keep/0')))).toEqual([]);
      expect(await countOf('UnitMigrated', 'shop/keep/0')).toBe(1);
    });

    it('Fenced → resource, service: what waited is freed, once', async () => {
      const fenced = await event('Fenced', (found) => found['name'] === dead);
      const migrated = await event('UnitMigrated', ofUnit('shop/keep/0'));
      expect(Date.parse(fenced.time)).toBeLessThanOrEqual(Date.parse(migrated.time));
      expect(await redelivery.again('resource', fenced)).toEqual([]);
      expect(await redelivery.again('service', fenced)).toEqual([]);
    });

    it('UnitMigrated → resource: the old container is released; already gone: done', async () => {
      const migrated = await event('UnitMigrated', ofUnit('shop/keep/0'));
      await event(
        'ContainerReleased',
        (found) => found['uid'] === (migrated.data['from'] as { container: string }).container,
      );
      expect(await redelivery.again('resource', migrated)).toEqual([]);
      expect(await countOf('ContainerReleased', 'shop/keep/0')).toBe(1);
    });

    it('EvacuationCancelled → resource: the container of a unit whose data is there waits for it', async () => {
      const cancelled = await event('EvacuationCancelled', (found) => /^home/.test(String(found['unit'])));
      const name = String(cancelled.data['unit']);
      const waiting = await waitFor(async () => (await containers('home')).find(({ state }) => state === 'WAITING'), {
        deadlineMs: 60_000,
        what: 'the container to wait',
      });
      expect(waiting).toMatchObject({ machine: dead });
      expect((await units('home')).find((unit) => unit.name === name)?.state).not.toBe('RUNNING');
      expect(await redelivery.again('resource', cancelled)).toEqual([]);
    });

    it('ContainerWaiting → service: a unit for which there is no room says what it waits for', async () => {
      const waiting = await event('ContainerWaiting', (found) => /^full/.test(String(found['unit'])));
      expect(await redelivery.again('service', waiting)).toEqual([]);
      const unit = (await units('full')).find(({ name }) => name === waiting.data['unit']);
      expect(unit).toMatchObject({ state: 'MIGRATING', machine: dead });
      expect(unit?.message).toMatch(
        new RegExp(`^waits for room, or until machine ${dead} is READY again: .* of 9200 is taken`),
      );
    });

    it('MachineEvacuated → machine: ERROR and a ticket, one; repaired, what waited comes back to its data', async () => {
      const evacuated = await event('MachineEvacuated');
      await waitFor(async () => (await machine(dead)).state === 'ERROR', { deadlineMs: 60_000, what: 'ERROR' });
      expect((await machine(dead)).ticket).not.toBeNull();
      expect(await redelivery.again('machine', evacuated)).toEqual([]);
      expect(await events('TicketOpened')).toHaveLength(1);
      await platform.fate('start', dead);
      await waitFor(async () => (await machine(dead)).agent.connected, { deadlineMs: 60_000, what: 'its agent' });
      await yiqiu('machine', 'repair', dead, '--yes', '--reason', 'test');
      const back = await allRun('home', 3);
      expect(back.filter(({ machine: on }) => on === dead).map(({ incarnation }) => incarnation)).toEqual([2]);
      const full = await allRun('full', 3);
      expect(full.filter(({ machine: on }) => on === dead).map(({ incarnation }) => incarnation)).toEqual([2]);
    });
  });

  it('the whole history of machines, told again at its end, moves nothing', async () => {
    const before = [...(await units('shop')), ...(await units('home'))].map(({ uid, incarnation, machine: on }) => [
      uid,
      incarnation,
      on,
    ]);
    await redelivery.again('resource', first(...(await events('MachineAdded'))));
    await allRun('shop', 4);
    await allRun('home', 3);
    const after = [...(await units('shop')), ...(await units('home'))].map(({ uid, incarnation, machine: on }) => [
      uid,
      incarnation,
      on,
    ]);
    expect(after).toEqual(before);
  });

  it('OfflineRequested → resource: MachineClosed → machine: OFFLINE, where nothing is left', async () => {
    await yiqiu('destroy', 'shop', '--yes');
    await yiqiu('destroy', 'home', '--yes');
    await yiqiu('destroy', 'full', '--yes');
    await yiqiu('machine', 'backup', 'm1', '--reason', 'test');
    await waitFor(async () => (await platform.yiqiu('machine', 'offline', 'm1', '--yes')).status === 0, {
      deadlineMs: 60_000,
      what: 'm1 to be offline',
    });
    expect((await machine('m1')).state).toBe('OFFLINE');
    expect(await redelivery.again('machine', await event('MachineClosed'))).toEqual([]);
    expect(await redelivery.again('resource', await event('OfflineRequested'))).toEqual([]);
  });
});
