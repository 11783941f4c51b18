import { placeOf } from '@yiqiu/agent-queue';
import type { MachineContextEvent } from '@yiqiu/contracts';
import { accept } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { unchanged } from '../answers.ts';
import { itemAt, itemCount, newestRevision, revisionOf } from '../init-strategy/state.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import type { InitAttempt, Machine } from './state.ts';

/** After this a queued step is not started any more; the agent reports it expired, and it is tried again. ms. */
export const startWithinMs = 600_000;

/** Issues what is due next of a machine's initialisation; nothing where it is not its turn. Never refused. */
export type ContinueInit = Command<'ContinueInit', { readonly uid: string }>;

/** The first event of an attempt, by the newest revision of the machine's strategy. */
export const startAttempt = (state: MachineContextState, machine: Machine): MachineContextEvent => {
  const revision = must(newestRevision(state, machine.initStrategy), `init strategy ${machine.initStrategy}`);
  return {
    stream: `machine/${machine.uid}`,
    type: 'InitStarted',
    version: 1,
    data: {
      uid: machine.uid,
      name: machine.name,
      attempt: machine.attempts + 1,
      strategy: revision.name,
      revision: revision.revision,
      hash: revision.hash,
      steps: itemCount(revision),
    },
  };
};

export const continueInit = (
  state: MachineContextState,
  { data }: ContinueInit,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = state.machines.get(data.uid);
  if (machine === undefined || machine.state !== 'NEW' || machine.session === null)
    return accept([], unchanged(data.uid));
  const { init } = machine;
  if (init === null) return accept([startAttempt(state, machine)], unchanged(machine.uid));
  if (init.phase !== 'running' || init.seq !== null) return accept([], unchanged(machine.uid));
  return accept(
    [init.index < init.steps ? issueStep(state, machine, init, ctx.now) : inited(machine, init)],
    unchanged(machine.uid),
  );
};

export const issueStep = (
  state: MachineContextState,
  machine: Machine,
  init: InitAttempt,
  now: number,
): MachineContextEvent => {
  const revision = revisionOf(state, init.strategy, init.revision);
  const item = must(itemAt(revision, init.index) ?? undefined, `item ${init.index} of init strategy ${init.strategy}`);
  const { generation, seq } = placeOf(must(state.queues.get(machine.uid), `agent queue of ${machine.uid}`));
  return {
    stream: `machine/${machine.uid}`,
    type: 'InitStepIssued',
    version: 1,
    data: {
      uid: machine.uid,
      name: machine.name,
      attempt: init.attempt,
      step: item.name,
      index: init.index,
      generation,
      seq,
      check: item.check,
      try: init.try + 1,
      startBy: now + startWithinMs,
    },
  };
};

const inited = ({ uid, name }: Machine, { strategy, revision, hash }: InitAttempt): MachineContextEvent => ({
  stream: `machine/${uid}`,
  type: 'MachineInited',
  version: 1,
  data: { uid, name, strategy, revision, hash },
});
