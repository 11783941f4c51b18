import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { fenceRequested } from '../fence/events.ts';
import { faultEvents } from '../machine/fault.ts';
import type { Pool } from '../pool/state.ts';
import { poolThawed } from '../pool/events.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import { isInService, isWatched, type Incident } from './blast.ts';
import { judge, type Observation, type Silence, type Verdict } from './judge.ts';

/** What the observer saw of all machines that are watched, in one look: lapses within one window are decided together. */
export type ObserveMachines = Command<'ObserveMachines', Observation>;

/** What the observer looks at. `leaseMs`: beyond this silence the machine itself is asked for (its fence driver). */
export interface Watched {
  readonly uid: string;
  readonly name: string;
  readonly leaseMs: number;
  /** Containers may be on it, so that it matters whether it is up. */
  readonly inService: boolean;
}

/** Machines whose agent joined and said hello, until they are offline. */
export const watchedMachines = (state: MachineContextState): readonly Watched[] =>
  [...state.machines.values()].filter(isWatched).map((machine) => ({
    uid: machine.uid,
    name: machine.name,
    leaseMs: must(state.pools.get(machine.poolUid), `pool ${machine.poolUid}`).policy.leaseMs,
    inService: isInService(machine),
  }));

/** The command that draws the conclusions, or null where none follows: most looks see nothing new. */
export const observeIfNews = (
  state: MachineContextState,
  observation: Observation,
  now: number,
): ObserveMachines | null => {
  const verdict = judge(state, observation, now);
  const quiet = Object.values(verdict).every((found: readonly unknown[]) => found.length === 0);
  return quiet ? null : { type: 'ObserveMachines', data: observation };
};

/** Never refused; without events where nothing follows. */
export const observeMachines = (
  state: MachineContextState,
  { data }: ObserveMachines,
  ctx: Ctx,
): Decision<MachineContextEvent> => accept(eventsOf(judge(state, data, ctx.now), ctx));

const eventsOf = (verdict: Verdict, ctx: Ctx): readonly MachineContextEvent[] => [
  ...verdict.suspect.map((silence) => suspected(silence, ctx.now)),
  ...verdict.clear.map(({ uid, name }): MachineContextEvent => ({
    stream: `machine/${uid}`,
    type: 'MachineCleared',
    version: 1,
    data: { uid, name },
  })),
  ...verdict.thaw.map((pool) => poolThawed(pool, 'all its machines are back', [])),
  ...verdict.freeze.map(({ pool, incident }) => frozen(pool, incident)),
  ...verdict.fault.flatMap((silence) => [
    ...faultEvents(silence.machine, 'detector', reasonsOf(silence)),
    fenceRequested(silence.machine, reasonsOf(silence)[0], ctx),
  ]),
  ...verdict.fence.map((silence) => fenceRequested(silence.machine, reasonsOf(silence)[0], ctx)),
];

const suspected = ({ machine: { uid, name }, silentMs }: Silence, now: number): MachineContextEvent => ({
  stream: `machine/${uid}`,
  type: 'MachineSuspected',
  version: 1,
  data: { uid, name, silentSince: now - silentMs },
});

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

const reasonsOf = ({ silentMs, pool, power }: Silence): readonly [string, ...string[]] => {
  const { leaseMs, holdDownMs } = pool.policy;
  const silent = `silent for ${seconds(silentMs)}, beyond its lease of ${seconds(leaseMs)} and the hold-down of ${seconds(holdDownMs)}`;
  return power === 'down' ? [silent, 'its fence driver says that the machine itself does not run'] : [silent];
};

const reasonMax = 500;
const machinesMax = 1_000;

const frozen = ({ uid, name }: Pool, { message, machines }: Incident): MachineContextEvent => {
  const reason = `${message}: one incident; nothing goes by detection until they are back, or: yiqiu pool resume ${name}`;
  return {
    stream: `pool/${uid}`,
    type: 'PoolFrozen',
    version: 1,
    data: { uid, name, reason: reason.slice(0, reasonMax), machines: machines.slice(0, machinesMax) },
  };
};
