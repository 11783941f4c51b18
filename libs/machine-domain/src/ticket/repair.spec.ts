import { describe, expect, it } from '@jest/globals';
import { alarmsWhere } from '../alarm/view.ts';
import { fleet, look, machine } from '../fleet.fixture.ts';
import { machineView, neverSeen } from '../machine/view.ts';
import type { World } from '../world.fixture.ts';
import { ticketView } from './ticket.ts';

const evacuated = (world: World, name: string) =>
  world.submit({ type: 'MigrateUnit', data: { uid: machine(world, name).uid } });
const repair = (world: World, name: string) =>
  world.submit({ type: 'ChangeMachine', data: { name, verb: 'repair' } }, 'new disk');
const ticket = (world: World) => world.last<{ class: string; reasons: string[]; uid: string }>('TicketOpened');

describe('a repair', () => {
  it('goes back through NEW and INITED to READY where the pool says so, and ends ticket and alarm', () => {
    const world = fleet(5);
    look(world, { m1: 11_000 });
    expect(evacuated(world, 'm1')).toEqual(['MachineMigrated', 'TicketOpened']);
    expect(ticket(world)).toMatchObject({ class: 'reboot', reasons: [expect.stringContaining('silent for 11 s')] });
    expect(machine(world, 'm1')).toMatchObject({ state: 'ERROR', ticket: ticket(world).uid });
    const iso = (ms: number): string => new Date(ms).toISOString();
    expect(machineView(world.state, machine(world, 'm1'), neverSeen, iso).operation).toMatchObject({
      message: 'waits for a person, advised: reboot: yiqiu machine repair m1, or offline',
    });
    expect(repair(world, 'm1')).toEqual([
      ...['MachineRepaired', 'TicketClosed', 'InitStarted', 'MachineInited', 'MachineOnlined'],
    ]);
    expect(machine(world, 'm1')).toMatchObject({ state: 'READY', ticket: null, faults: [], fault: null, alarm: null });
    expect(alarmsWhere(world.state, {})).toEqual([]);
    expect(alarmsWhere(world.state, { state: 'ended' })).toMatchObject([{ machine: 'm1', kind: 'machine-fault' }]);
    expect([...world.state.tickets.values()].map(ticketView)).toMatchObject([
      { machine: 'm1', stage: 'closed', closedBy: 'user:test' },
    ]);
  });

  it('is of the class that fault and history ask for', () => {
    const world = fleet(5);
    world.submit({ type: 'ChangeMachine', data: { name: 'm1', verb: 'abnormal' } });
    evacuated(world, 'm1');
    expect(ticket(world).class).toBe('nothing');
    repair(world, 'm1');
    look(world, { m1: 11_000 });
    look(world, {});
    evacuated(world, 'm1');
    expect(ticket(world).class).toBe('nothing'); // heard of again: it proves sound
    repair(world, 'm1');
    look(world, { m1: 11_000 });
    evacuated(world, 'm1');
    expect(ticket(world).class).toBe('replace'); // the third fault within a day
    repair(world, 'm1');
    world.now += 86_400_000;
    look(world, { m1: 11_000 });
    evacuated(world, 'm1');
    expect(ticket(world).class).toBe('reboot');
  });

  it('closes a ticket once, by a person too', () => {
    const world = fleet(5);
    look(world, { m1: 11_000 });
    evacuated(world, 'm1');
    const { uid } = ticket(world);
    const close = (id: string) => world.submit({ type: 'CloseTicket', data: { uid: id, message: null } });
    expect(close(uid)).toEqual(['TicketClosed']);
    expect(close(uid)).toEqual([]);
    expect(close('none')).toBe('ticket-unknown');
    expect(repair(world, 'm1')).not.toContain('TicketClosed');
  });
});
