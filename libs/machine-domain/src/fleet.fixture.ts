import type { FaultPolicy } from '@yiqiu/contracts';
import type { Machine } from './machine/state.ts';
import { machineNamed } from './machine/state.ts';
import type { Observer } from './watch/observer.ts';
import type { Sighting } from './watch/judge.ts';
import { watchedMachines } from './watch/observe.ts';
import { hash, hello, policy, World } from './world.fixture.ts';

const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export interface FleetOptions {
  readonly world?: World;
  readonly pool?: string;
  /** Number of the first machine: m1 where nothing is said. */
  readonly from?: number;
  readonly place?: (n: number) => { readonly rack: string | null; readonly zone: string | null };
  readonly policy?: Partial<FaultPolicy>;
}

/** READY machines m<from>… in one pool, by an init strategy without steps. Time stands where all of them are settled. */
export const fleet = (count: number, options: FleetOptions = {}): World => {
  const { world = new World(), pool = 'bj01', from = 1, place = () => ({ rack: null, zone: null }) } = options;
  const empty = { name: 'empty', os: 'any', kernel: null, steps: [], checks: [] };
  world.submit({ type: 'CreateInitStrategy', data: empty });
  world.submit({
    type: 'CreatePool',
    data: {
      ...{ name: pool, region: 'bj', initStrategy: 'empty', autoOnline: true },
      policy: { ...policy, ...options.policy },
    },
  });
  for (let n = from; n < from + count; n++) {
    const joinTokenHash = hash('0').slice(0, 60) + n.toString(16).padStart(4, '0');
    world.submit({
      type: 'AddMachine',
      data: { name: `m${n}`, address: `127.0.1.${n}`, pool, ...place(n), labels: {}, joinTokenHash },
    });
    world.submit({
      type: 'JoinAgent',
      data: { tokenHash: joinTokenHash, publicKey: `U${n}`, agentVersion: '0.1.0' },
    });
    hello(world, machine(world, `m${n}`).uid, 'b1', uuid(0xf00 + n));
  }
  return world;
};

export const machine = (world: World, name: string): Machine => {
  const found = machineNamed(world.state, name);
  if (found === undefined) throw new Error(`no machine ${name}`);
  return found;
};

export const wellObserver: Observer = {
  connected: true,
  connectedMs: 3_600_000,
  leadingMs: 3_600_000,
  steadyMs: 3_600_000,
  graceMs: 10_000,
};

export type Sights = { readonly [name: string]: number | null | Omit<Sighting, 'machineUid'> };

/** One look at all machines: those that are not named were heard of just now. A number is `heardMs`. */
export const look = (world: World, sights: Sights, observer: Partial<Observer> = {}): string | string[] =>
  world.submit({
    type: 'ObserveMachines',
    data: {
      observer: { ...wellObserver, ...observer },
      sightings: watchedMachines(world.state).map(({ uid, name }): Sighting => {
        const sight = sights[name];
        if (sight === undefined) return { machineUid: uid, heardMs: 0, power: 'unknown' };
        if (sight === null || typeof sight === 'number') return { machineUid: uid, heardMs: sight, power: 'unknown' };
        return { machineUid: uid, ...sight };
      }),
    },
  });

/** The driver's answer to the fence that a machine waits for; `fence-unknown` where it waits for none. */
export const fence = (world: World, name: string, came: 'done' | 'failed' | 'no driver'): string | string[] => {
  const found = machineNamed(world.state, name);
  const outcome =
    came === 'done'
      ? ({ ok: true, how: 'local', incarnations: [{ unit: 'cache/redis/0', incarnation: 1 }] } as const)
      : ({ ok: false, message: `fence ${came}`, again: came === 'failed' } as const);
  const fenceId = found?.fence?.fenceId ?? uuid(1);
  return world.submit({ type: 'RecordFence', data: { machineUid: found?.uid ?? uuid(2), fenceId, outcome } });
};
