import type { DomainError } from '@yiqiu/kernel';
import { refusal } from '@yiqiu/kernel';

/** 404 */
export const operationUnknown = (uid: string): DomainError =>
  refusal('not-found', 'operation-unknown', `there is no operation ${uid}, or it is forgotten`);
