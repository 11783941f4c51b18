import { refusal } from '@yiqiu/kernel';
import type { DomainError } from '@yiqiu/kernel';
import { possibleVerbs } from './lifecycle.ts';
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
  const possible = possibleVerbs(machine.state);
  const list = possible.length === 0 ? 'nothing by hand' : possible.join(', ');
  return refusal(
    'conflict',
    'machine-state-forbids',
    `machine ${machine.name} is ${machine.state}: ${verb} is not possible, possible: ${list}`,
    {
      state: machine.state,
      possible,
    },
  );
};

export const agentAway = (machine: Machine): DomainError =>
  refusal(
    'conflict',
    'machine-agent-missing',
    `machine ${machine.name} has no agent yet: start it with its join token`,
    {
      state: machine.state,
      possible: possibleVerbs(machine.state),
    },
  );

export const offlinePending = (machine: Machine): DomainError =>
  refusal(
    'conflict',
    'machine-offline-pending',
    `machine ${machine.name} is going offline: wait for the resource layer's answer`,
    {
      state: machine.state,
      possible: [],
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
  );

export const resultUnknown = (uid: string, generation: number, seq: number): DomainError =>
  refusal('conflict', 'init-result-unknown', `machine ${uid} waits for no result of ${generation}/${seq}`);
