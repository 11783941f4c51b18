import type { MachineView } from '@yiqiu/contracts';
import { fenceMessage } from '../fence/view.ts';
import { itemAt, revisionOf } from '../init-strategy/state.ts';
import { must } from '../state.ts';
import type { MachineContextState } from '../state.ts';
import { onlineByItself } from './online.ts';
import type { InitAttempt, Machine } from './state.ts';
import type { ObservedAgent } from './view.ts';

type Operation = NonNullable<MachineView['operation']>;
type Iso = (ms: number) => string;

/**
 * What a machine is at, or what it waits for: nothing waits unexplained. Null where it rests: READY, OFFLINE, and INITED by
 * a person's wish.
 */
export const operationOf = (
  state: MachineContextState,
  machine: Machine,
  observed: ObservedAgent,
  iso: Iso,
): Operation | null => {
  if (machine.offline !== null) {
    return waiting('offline', 'waits for the resource platform to close it', {
      deadline: iso(machine.offline.deadline),
    });
  }
  switch (machine.state) {
    case 'NEW':
      return machine.init === null
        ? waiting('init', agentWanted(machine), {})
        : initOf(state, machine, machine.init, iso);
    case 'INITED':
      if (machine.suspect) return silenceOf(state, machine, observed, iso);
      return machine.maintenance && onlineByItself(state, { ...machine, maintenance: false })
        ? waiting('online', 'held by maintenance', { state: 'held' })
        : null;
    case 'ERROR_DETECTED': {
      const fence = fenceMessage(machine);
      const moving = 'waits until the resource platform has moved its containers';
      return waiting('migrate_unit', fence === null ? moving : `${moving}; ${fence}`, {
        attempt: machine.fence?.attempts ?? 0,
      });
    }
    case 'ERROR':
      return waiting(
        'repair',
        `waits for a person${adviceOf(state, machine)}: yiqiu machine repair ${machine.name}, or offline`,
        {},
      );
    case 'READY':
      return machine.suspect ? silenceOf(state, machine, observed, iso) : null;
    case 'OFFLINE':
      return null;
  }
};

/** What a silent machine waits for, until it is heard of or silence becomes a fault. */
const silenceOf = (state: MachineContextState, machine: Machine, { knownUp }: ObservedAgent, iso: Iso): Operation => {
  const { policy, frozen } = must(state.pools.get(machine.poolUid), `pool ${machine.poolUid}`);
  const since = machine.silentSince ?? 0;
  const silent = `silent since ${iso(since)}: it gets no new containers`;
  if (machine.maintenance) return waiting('silence', `${silent}; maintenance holds everything else`, { state: 'held' });
  if (knownUp) return waiting('silence', `${silent}; its agent is away, the machine itself is known to be up`, {});
  if (frozen !== null) {
    const message = `${silent}; its pool is frozen until its machines are back, or: yiqiu pool resume ${machine.pool}`;
    return waiting('silence', message, { state: 'held' });
  }
  const deadline = iso(since + policy.leaseMs + policy.holdDownMs);
  return waiting('silence', `${silent}; a fault after the hold-down`, { deadline });
};

const waiting = (kind: string, message: string, more: Partial<Operation>): Operation => ({
  kind,
  step: null,
  steps: 0,
  attempt: 0,
  state: 'waiting',
  message,
  deadline: null,
  ...more,
});

const agentWanted = (machine: Machine): string =>
  machine.publicKey === null ? 'waits for its agent to join with the join token' : 'waits for its agent to say hello';

const adviceOf = (state: MachineContextState, { ticket }: Machine): string => {
  const found = ticket === null ? undefined : state.tickets.get(ticket);
  return found === undefined ? '' : `, advised: ${found.class}`;
};

const initOf = (state: MachineContextState, machine: Machine, init: InitAttempt, iso: Iso): Operation => {
  const item = itemAt(revisionOf(state, init.strategy, init.revision), init.index);
  const deadline = init.retryAt ?? init.startBy;
  const silent =
    machine.suspect && init.phase === 'running'
      ? `waits for its agent, silent since ${iso(machine.silentSince ?? 0)}`
      : null;
  return {
    kind: 'init',
    step: item?.name ?? null,
    steps: init.steps,
    attempt: init.attempt,
    state: silent === null ? init.phase : 'waiting',
    message: silent ?? messageOf(init, item?.retries ?? 0),
    deadline: deadline === null ? null : iso(deadline),
  };
};

/** Of a failure: which try, the exit code, what the agent said, and where the whole output is kept. */
const messageOf = (init: InitAttempt, retries: number): string | null => {
  if (init.message === null) return init.try > 1 ? `try ${init.try} of ${retries + 1}` : null;
  const exit = init.exitCode === null ? '' : `, exit code ${init.exitCode}`;
  const output = init.outputDigest === null ? '' : ` (output sha256:${init.outputDigest})`;
  return `try ${init.try} of ${retries + 1} failed${exit}: ${init.message}${output}`;
};
