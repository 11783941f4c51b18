import type { DomainError } from '@yiqiu/kernel';
import { reasonLengthMax, refusal } from '@yiqiu/kernel';
import type { UnitVerbName } from './lifecycle.ts';
import { possibleVerbs } from './lifecycle.ts';
import type { UnitRow } from './state.ts';

/** 404 */
export const unitUnknown = (name: string): DomainError =>
  refusal('not-found', 'unit-unknown', `there is no unit ${name}`, { next: 'yiqiu unit list' });

/** 409 */
export const unitStateForbids = (unit: UnitRow, verb: UnitVerbName): DomainError => {
  const possible = possibleVerbs(unit);
  const allowed = possible.length === 0 ? 'no verb is possible now' : `possible: ${possible.join(', ')}`;
  const at = unit.step === null ? '' : ` and its agent is at ${unit.step.step}`;
  return refusal(
    'conflict',
    'unit-state-forbids',
    `${unit.name} is ${unit.state}${at}, which does not allow ${verb}; ${allowed}`,
    {
      state: unit.state,
      possible,
      next: `yiqiu unit show ${unit.name}`,
    },
  );
};

/** 409: there is no machine to ask what it printed. */
export const unitUnbound = (unit: UnitRow): DomainError =>
  refusal(
    'conflict',
    'unit-unbound',
    `${unit.name} is ${unit.state} and on no machine: there is nothing of it to read`,
    {
      state: unit.state,
      next: `yiqiu unit show ${unit.name}`,
    },
  );

/** 404: its program has no process of its own, or no such hook. `sources`: what it has. */
export const logSourceUnknown = (unit: UnitRow, source: string, sources: readonly string[]): DomainError =>
  refusal('not-found', 'log-source-unknown', `its program has no ${source}; there are: ${sources.join(', ')}`, {
    errors: [{ field: 'source', value: source, allowed: [...sources] }],
    next: `yiqiu unit show ${unit.name}`,
  });

/** 422: a step is not skipped without a word on why. */
export const skipNeedsReason = (unit: UnitRow): DomainError =>
  refusal('invalid', 'skip-needs-reason', `skipping ${unit.failed?.step ?? 'a step'} of ${unit.name} needs a reason`, {
    errors: [{ field: 'reason', value: null, allowed: `1 to ${reasonLengthMax} characters` }],
    next: `yiqiu unit skip ${unit.name} --reason TEXT`,
  });

/** 429: the agent of the unit's machine has too much to do already. */
export const agentQueueFull = (unit: UnitRow, message: string): DomainError =>
  refusal('exhausted', 'agent-queue-full', `${unit.name}: ${message}; ask again later`);
