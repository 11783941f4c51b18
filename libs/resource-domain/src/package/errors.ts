import { refusal } from '@yiqiu/kernel';
import type { DomainError, FieldProblem } from '@yiqiu/kernel';

export const packageExists = (name: string, differs: readonly FieldProblem[]): DomainError =>
  refusal(
    'conflict',
    'package-exists',
    `package ${name} is there already with another ${differs.map(({ field }) => field).join(', ')}; a package never changes, give the new one another name`,
    { errors: differs, next: `yiqiu package show ${name}` },
  );

export const packageUnknown = (name: string): DomainError =>
  refusal('not-found', 'package-unknown', `there is no package ${JSON.stringify(name)}`, {
    next: 'yiqiu package list',
  });
