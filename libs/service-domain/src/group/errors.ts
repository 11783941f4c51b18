import type { DomainError, FieldProblem } from '@yiqiu/kernel';
import { refusal } from '@yiqiu/kernel';

/** 422 */
export const groupDocumentInvalid = (problems: readonly FieldProblem[]): DomainError => {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  return refusal(
    'invalid',
    'group-document-invalid',
    `${first?.field ?? 'document'}: ${first?.message ?? 'invalid'}${more}`,
    {
      errors: problems,
    },
  );
};

/** 404 */
export const groupUnknown = (name: string): DomainError =>
  refusal('not-found', 'group-unknown', `there is no group ${name}`, { next: 'yiqiu group list' });

/** 409 */
export const groupDestroying = (name: string): DomainError =>
  refusal('conflict', 'group-destroying', `group ${name} is being destroyed; apply it again when it is gone`, {
    state: 'DESTROYING',
    possible: [],
    next: `yiqiu status ${name}`,
  });

/** 409 */
export const serviceRemoving = (name: string): DomainError =>
  refusal('conflict', 'service-removing', `service ${name} is being removed; ask again when it is gone`, {
    state: 'REMOVING',
    possible: [],
    next: `yiqiu service show ${name}`,
  });

/** 412 */
export const groupRevisionMoved = (name: string, expected: number, revision: number): DomainError =>
  refusal(
    'precondition',
    'group-revision-moved',
    `group ${name} is at revision ${revision}, not ${expected}; look again`,
    {
      next: `yiqiu group show ${name}`,
    },
  );

/** 412: what `apply --plan` was shown is not what would be done now. */
export const planMoved = (name: string, plan: string, now: string): DomainError =>
  refusal(
    'precondition',
    'plan-moved',
    `plan ${plan} of group ${name} is out of date: the world has moved, the plan is now ${now}`,
    {
      next: 'yiqiu plan -f FILE',
    },
  );

/** 412: between the shell's check of the config and the decision something changed; the same request may be sent again. */
export const groupMoved = (name: string): DomainError =>
  refusal(
    'precondition',
    'group-moved',
    `group ${name} or its programs changed while the document was checked; send it again`,
  );
