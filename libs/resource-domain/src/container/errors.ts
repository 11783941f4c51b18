import { refusal } from '@yiqiu/kernel';
import type { DomainError } from '@yiqiu/kernel';

export const containerUnknown = (uid: string): DomainError =>
  refusal('not-found', 'container-unknown', `there is no live container ${uid}`, { next: 'yiqiu container list' });

export const containerOfAnother = (uid: string, holder: string, asked: string): DomainError =>
  refusal('conflict', 'container-of-another', `container ${uid} belongs to ${holder}, not to ${asked}`);

export const requestStale = (unit: string, incarnation: number, known: number): DomainError =>
  refusal(
    'conflict',
    'request-stale',
    `incarnation ${incarnation} of ${unit} is asked for, but incarnation ${known} was already; it only grows`,
  );
