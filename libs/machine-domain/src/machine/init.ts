import { placeOf } from '@yiqiu/agent-queue';
import type { MachineContextEvent, OutputRef } from '@yiqiu/contracts';
import { accept, refuse } from '@yiqiu/kernel';
import type { Command, Ctx, Decision } from '@yiqiu/kernel';
import { unchanged } from '../answers.ts';
import { itemAt, itemCount, newestRevision, revisionOf } from '../init-strategy/state.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import { resultUnknown } from './errors.ts';
import type { InitAttempt, Machine } from './state.ts';

/** After this a queued step is not started any more; the agent reports it expired, and it is tried again. ms. */
export const startWithinMs = 600_000;
/** Waits before the second, third, … try of a step, ms: doubled up to a minute. */
export const retryDelayMs = (tries: number): number => Math.min(2_000 * 2 ** (tries - 1), 60_000);
/** A step that expired or was lost with a journal is not its own failure; it is issued again at most this often. */
const tailMax = 4_000;

/** Issues what is due next of a machine's initialisation; nothing where it is not its turn. Never refused. */
export type ContinueInit = Command<'ContinueInit', { readonly uid: string }>;
export type RecordInitResult = Command<
  'RecordInitResult',
  {
    readonly machineUid: string;
    readonly generation: number;
    readonly seq: number;
    readonly outcome: 'succeeded' | 'failed' | 'expired';
    readonly exitCode: number | null;
    readonly message: string;
    readonly output: OutputRef;
  }
>;

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

/** An agent's report of a step or check. Refuses init-result-unknown where nothing of that number is waited for. */
export const recordInitResult = (
  state: MachineContextState,
  { data }: RecordInitResult,
  ctx: Ctx,
): Decision<MachineContextEvent> => {
  const machine = state.machines.get(data.machineUid);
  const init = machine?.init ?? null;
  if (machine === undefined || init === null || init.seq !== data.seq || init.generation !== data.generation) {
    return refuse(resultUnknown(data.machineUid, data.generation, data.seq));
  }
  const item = must(
    itemAt(revisionOf(state, init.strategy, init.revision), init.index) ?? undefined,
    `item ${init.index}`,
  );
  const { uid, name } = machine;
  const { generation, seq, output } = data;
  const step = { uid, name, attempt: init.attempt, step: item.name, index: init.index, generation, seq, output };
  const stream = `machine/${uid}`;
  if (data.outcome === 'succeeded')
    return accept([{ stream, type: 'InitStepSucceeded', version: 1, data: step }], unchanged(uid));
  const again = data.outcome === 'expired' || init.try <= item.retries;
  const retryAt = again ? ctx.now + retryDelayMs(init.try) : null;
  const message = data.message.slice(0, tailMax);
  return accept(
    [{ stream, type: 'InitStepFailed', version: 1, data: { ...step, exitCode: data.exitCode, message, retryAt } }],
    unchanged(uid),
  );
};
