import { describe, expect, it } from '@jest/globals';
import { fold, stateHash } from '@yiqiu/kernel';
import fc from 'fast-check';
import { machineDomain } from '../context.ts';
import { fence, fleet, look, machine, type Sights } from '../fleet.fixture.ts';
import type { World } from '../world.fixture.ts';

const count = 12;
const names = Array.from({ length: count }, (_, i) => `m${i + 1}`);
const place = (n: number) => ({ rack: `r${n % 3}`, zone: n <= 6 ? 'z1' : 'z2' });

/** Rules of page "Blast radius", written down once more and independently of the code: machines that are gone per scope. */
const passes = (gone: readonly string[]): boolean => {
  const of = (has: (n: number) => boolean): [number, number] => {
    const all = names.map((name) => Number(name.slice(1))).filter(has);
    return [all.filter((n) => gone.includes(`m${n}`)).length, all.length];
  };
  const second = ([hit, all]: [number, number]): boolean => hit >= 3 && hit / all >= 0.55;
  const pool = of(() => true);
  if ((pool[0] >= 5 && pool[0] / pool[1] >= 0.2) || second(pool)) return true;
  return (
    ['r0', 'r1', 'r2'].some((rack) => second(of((n) => place(n).rack === rack))) ||
    ['z1', 'z2'].some((zone) => second(of((n) => place(n).zone === zone)))
  );
};

const silence = fc.record({
  name: fc.constantFrom(...names),
  heardMs: fc.constantFrom(0, 4_000, 6_000, 9_000, 11_000, 60_000),
  power: fc.constantFrom('up' as const, 'down' as const, 'unknown' as const),
});
const act = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('look' as const), silences: fc.array(silence, { maxLength: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mend' as const), name: fc.constantFrom(...names) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fence' as const), name: fc.constantFrom(...names) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1_000, 300_000, 700_000) }),
  },
);

const detected = (world: World, from: number): string[] =>
  world.log.slice(from).flatMap(({ type, data }) => (type === 'MachineFaultDetected' ? [String(data['name'])] : []));

describe('the blast radius', () => {
  it('of one look at a sound pool: faults up to the limits, one freeze and no fault beyond', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.constantFrom(...names), { maxLength: count }), fc.boolean(), (gone, together) => {
        const world = fleet(count, { place });
        const before = world.log.length;
        // Either all have passed their hold-down, or only the first one and the others are in theirs.
        look(world, Object.fromEntries(gone.map((name, i) => [name, together || i === 0 ? 11_000 : 8_000])));
        const froze = world.log.slice(before).filter(({ type }) => type === 'PoolFrozen').length;
        // The scopes of the machines that are to be decided are what is looked at.
        const decided = together ? gone : gone.slice(0, 1);
        if (gone.length === 0 || !passes(gone)) {
          expect(froze).toBe(0);
          expect(detected(world, before).sort()).toEqual([...decided].sort());
        } else if (together) {
          expect(froze).toBe(1);
          expect(detected(world, before)).toEqual([]);
        } else {
          expect(froze === 1 ? detected(world, before) : []).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('over any run: never a fault in a frozen pool, one active alarm a pool, and the log tells the same', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const world = fleet(count, { place });
        const frozen = () => world.state.pools.get(machine(world, 'm1').poolUid)?.frozen ?? null;
        for (const one of acts) {
          const before = world.log.length;
          const wasFrozen = frozen() !== null;
          if (one.kind === 'look') {
            const sights: Sights = Object.fromEntries(
              one.silences.map(({ name, heardMs, power }) => [name, { heardMs, power }]),
            );
            look(world, sights);
            const types = world.log.slice(before).map(({ type }) => type);
            if (types.includes('PoolFrozen') || (wasFrozen && !types.includes('PoolThawed')))
              expect(detected(world, before)).toEqual([]);
          } else if (one.kind === 'resume') world.submit({ type: 'ResumePool', data: { name: 'bj01' } });
          else if (one.kind === 'fence') fence(world, one.name, 'done');
          else if (one.kind === 'wait') world.now += one.ms;
          else {
            world.submit({ type: 'MigrateUnit', data: { uid: machine(world, one.name).uid } });
            world.submit({ type: 'ChangeMachine', data: { name: one.name, verb: 'repair' } });
          }
          const active = [...world.state.alarms.values()].filter(({ until }) => until === null);
          expect(active.filter(({ kind }) => kind === 'pool-frozen')).toHaveLength(frozen() === null ? 0 : 1);
          const faulty = [...world.state.machines.values()].filter(({ faults }) => faults.length > 0);
          expect(
            active
              .filter(({ kind }) => kind === 'machine-fault')
              .map(({ machine: of }) => of)
              .sort(),
          ).toEqual(faulty.map(({ name }) => name).sort());
        }
        expect(stateHash(machineDomain.tables(fold(machineDomain, world.log)))).toBe(
          stateHash(machineDomain.tables(world.state)),
        );
      }),
      { numRuns: 200 },
    );
  });
});
