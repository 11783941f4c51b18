import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { Command, Ctx, Decision, DomainError } from '@yiqiu/kernel';
import { accept, refuse } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import { beginOperation } from '../operation/start.ts';
import type { ServiceState } from '../state.ts';
import { unitNamed } from '../state.ts';
import { unitStateForbids, unitUnknown } from './errors.ts';
import type { UnitVerbName } from './lifecycle.ts';
import { possibleVerbs } from './lifecycle.ts';
import { restartUnit } from './restart.ts';
import { retryUnit } from './retry.ts';
import { skipUnit } from './skip.ts';
import { startUnit } from './start.ts';
import type { UnitRow } from './state.ts';
import { stopUnit } from './stop.ts';

export type ChangeUnit = Command<'ChangeUnit', { readonly name: string; readonly verb: UnitVerbName }>;

export type VerbOutcome =
  | { readonly ok: true; readonly events: readonly ServiceContextEvent[] }
  | { readonly ok: false; readonly error: DomainError };

const verbs: { readonly [verb in UnitVerbName]: (state: ServiceState, unit: UnitRow, ctx: Ctx) => VerbOutcome } = {
  retry: retryUnit,
  skip: skipUnit,
  restart: restartUnit,
  stop: stopUnit,
  start: startUnit,
};

/** A person's verb on one unit. Refuses: unit-unknown, unit-state-forbids, skip-needs-reason, agent-queue-full. */
export const changeUnitByVerb = (
  state: ServiceState,
  { data }: ChangeUnit,
  ctx: Ctx,
): Decision<ServiceContextEvent> => {
  const unit = unitNamed(state, data.name);
  if (unit === null) return refuse(unitUnknown(data.name));
  if (!possibleVerbs(unit).includes(data.verb)) return refuse(unitStateForbids(unit, data.verb));
  const outcome = verbs[data.verb](state, unit, ctx);
  if (!outcome.ok) return refuse(outcome.error);
  const operation = beginOperation(state, 'unit', unit, ctx);
  return accept([...operation.events, ...outcome.events], changed(unit.name, unit.uid, operation.uid));
};
