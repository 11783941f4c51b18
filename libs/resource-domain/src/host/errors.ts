import { refusal } from '@yiqiu/kernel';
import type { DomainError } from '@yiqiu/kernel';

export const hostUnknown = (machineUid: string): DomainError =>
  refusal('not-found', 'host-unknown', `machine ${machineUid} was never added here, or has left`);

export const hostNotEmpty = (machine: string, containers: number): DomainError =>
  refusal(
    'conflict',
    'host-not-empty',
    `machine ${machine} has ${containers} live container(s); only an empty one may go`,
  );
