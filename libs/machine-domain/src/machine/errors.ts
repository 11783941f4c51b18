import { refusal } from '@yiqiu/kernel';
import type { DomainError, FieldProblem } from '@yiqiu/kernel';
import { possibleFor, type Hold } from './lifecycle.ts';
import type { Machine } from './state.ts';

export const machineUnknown = (name: string): DomainError =>
  refusal('not-found', 'machine-unknown', `there is no machine ${JSON.stringify(name)}`, {
    next: 'yiqiu machine list',
  });

export const machineExists = (name: string): DomainError =>
  refusal('conflict', 'machine-exists', `there is a machine ${name} already; names are unique`, {
    next: `yiqiu machine show ${name}`,
  });

/** The state has no such transition; says which there are. */
export const stateForbids = (machine: Machine, verb: string): DomainError => {
  const possible = possibleFor(machine);
  const others =
    possible.length > 0
      ? `possible: ${possible.join(', ')}`
      : machine.state === 'ERROR_DETECTED'
        ? 'it goes on to ERROR when the resource platform confirms that no live container is left on it'
        : 'possible: nothing by hand';
  return refusal(
    'conflict',
    'machine-state-forbids',
    `machine ${machine.name} is ${machine.state}, where ${verb} is not possible; ${others}`,
    { state: machine.state, possible, next: `yiqiu machine show ${machine.name}` },
  );
};

/** The state has the transition, but something else must come first. */
export const transitionHeld = (machine: Machine, verb: string, hold: Hold): DomainError => {
  const { code, message } = holds[hold];
  return refusal('conflict', code, `machine ${machine.name} ${message}; ${verb} is possible afterwards`, {
    state: machine.state,
    possible: possibleFor(machine),
    next: `yiqiu machine show ${machine.name}`,
  });
};

const holds: { readonly [hold in Hold]: { readonly code: string; readonly message: string } } = {
  'no-agent': {
    code: 'machine-agent-missing',
    message: 'has no agent yet: start one on it with the join token that `machine add` printed',
  },
  heard: {
    code: 'machine-heard',
    message:
      'was heard of within its lease, so it is not known to be silent (--override, audited, goes on nevertheless)',
  },
  'going-offline': { code: 'machine-offline-pending', message: 'is going offline and waits for the resource platform' },
};

/** A verb would make too many machines of one scope go at once. */
export const blastPassed = (machine: Machine, verb: string, incident: string): DomainError =>
  refusal(
    'conflict',
    'blast-radius',
    `${verb} of machine ${machine.name} would pass the blast radius: ${incident}; --override, audited, goes on nevertheless`,
    {
      state: machine.state,
      possible: possibleFor(machine),
      next: `yiqiu machine ${verb} ${machine.name} --override --reason TEXT`,
    },
  );

export const offlineUnknown = (uid: string, requestId: string): DomainError =>
  refusal('conflict', 'machine-offline-unknown', `machine ${uid} has no offline request ${requestId}`);

export const tokenUnknown = (): DomainError =>
  refusal('forbidden', 'join-token-unknown', 'this join token is not known, or its machine has left', {
    next: 'yiqiu machine add',
  });

export const tokenUsed = (machine: Machine): DomainError =>
  refusal(
    'forbidden',
    'join-token-used',
    `the join token of machine ${machine.name} was used already, by another agent`,
    { next: `yiqiu machine show ${machine.name}` },
  );

export const labelsInvalid = (errors: readonly FieldProblem[]): DomainError =>
  refusal(
    'invalid',
    'labels-invalid',
    errors.map(({ field, message }) => `${field}: ${message ?? 'invalid'}`).join('; '),
    {
      errors,
    },
  );

export const resultUnknown = (uid: string, generation: number, seq: number): DomainError =>
  refusal('conflict', 'init-result-unknown', `machine ${uid} waits for no result of ${generation}/${seq}`);
