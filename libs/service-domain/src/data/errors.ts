import type { DomainError } from '@yiqiu/kernel';
import { refusal } from '@yiqiu/kernel';
import type { UnitRow } from '../unit/state.ts';
import type { DataRow } from './state.ts';

/** 404 */
export const dataUnknown = (id: string): DomainError =>
  refusal('not-found', 'data-unknown', `there is no data ${id}, or it is gone`, { next: 'yiqiu data list' });

/** 409: listed, but its machine has not said yet what is there. */
export const dataOutOfReach = (id: string, machine: string): DomainError =>
  refusal(
    'conflict',
    'data-out-of-reach',
    `data ${id} is on ${machine}, which could not be asked; when its agent is back, what is there is listed under an id of its own`,
    { next: `yiqiu machine show ${machine}` },
  );

/** 409 */
export const dataChanging = ({ uid, machine, change }: DataRow): DomainError =>
  refusal('conflict', 'data-changing', `the agent of ${machine} has data ${uid} to ${change?.kind ?? ''}`, {
    next: `yiqiu data list`,
  });

/** 409 */
export const dataMachineLeft = ({ uid, machine }: DataRow): DomainError =>
  refusal('conflict', 'data-machine-left', `data ${uid} is on ${machine}, which has left`, {
    next: `yiqiu data purge ${uid}`,
  });

/** 409 */
export const adopterElsewhere = ({ uid, machine }: DataRow, unit: UnitRow): DomainError =>
  refusal(
    'conflict',
    'adopter-elsewhere',
    `data ${uid} is on ${machine}, and ${unit.name} ${unit.binding === null ? 'has no machine' : `on ${unit.binding.machine}`}; data is adopted where it is`,
    { next: `yiqiu unit list --machine ${machine}` },
  );

/** 409 */
export const adopterHasNoPlace = ({ uid, path }: DataRow, unit: UnitRow, places: readonly string[]): DomainError =>
  refusal(
    'conflict',
    'adopter-has-no-place',
    `data ${uid} is ${path}; the program of ${unit.name} has ${places.length === 0 ? 'no data directory' : `its data in ${places.join(', ')}`}`,
  );

/** 409: a process that runs has its files open. */
export const adopterNotStopped = (unit: UnitRow): DomainError =>
  refusal('conflict', 'adopter-not-stopped', `${unit.name} is ${unit.state}; it adopts data while it is STOPPED`, {
    state: unit.state,
    possible: ['STOPPED'],
    next: `yiqiu unit stop ${unit.name}`,
  });

/** 429 */
export const dataQueueFull = ({ uid, machine }: DataRow, pending: number): DomainError =>
  refusal(
    'exhausted',
    'agent-queue-full',
    `data ${uid}: the agent of ${machine} has ${pending} commands waiting; ask again later`,
  );
