import { refusal } from '@yiqiu/kernel';
import type { DomainError, FieldProblem } from '@yiqiu/kernel';

export const strategyUnknown = (name: string): DomainError =>
  refusal('not-found', 'init-strategy-unknown', `there is no init strategy ${JSON.stringify(name)}`, {
    next: 'yiqiu init-strategy list',
  });

export const strategyInvalid = (errors: readonly FieldProblem[]): DomainError =>
  refusal('invalid', 'init-strategy-invalid', errors.map((e) => `${e.field}: ${e.message ?? 'invalid'}`).join('; '), {
    errors,
  });
