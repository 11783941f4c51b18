import type { DomainError } from '@yiqiu/kernel';
import type { ServiceState } from '../state.ts';
import { manifestOf, unitNamed } from '../state.ts';
import { logSourceUnknown, unitUnbound, unitUnknown } from './errors.ts';

/** Of whom to ask what a unit printed. */
export interface LogPlace {
  /** As the agent knows the unit. */
  readonly unitUid: string;
  readonly machineUid: string;
  readonly machine: string;
}

const processSource = 'process';

/** Where a unit's output is. `source`: `process` where its program has one, or a hook of its program. */
export const logPlaceOf = (
  state: ServiceState,
  name: string,
  source: string,
): { readonly place: LogPlace } | { readonly refused: DomainError } => {
  const unit = unitNamed(state, name);
  if (unit === null) return { refused: unitUnknown(name) };
  const { process, hooks } = manifestOf(state, unit.programUid);
  const sources = [...(process === null ? [] : [processSource]), ...Object.keys(hooks)];
  if (!sources.includes(source)) {
    return { refused: logSourceUnknown(unit, source === processSource ? source : `hook ${source}`, sources) };
  }
  if (unit.binding === null) return { refused: unitUnbound(unit) };
  const { machineUid, machine } = unit.binding;
  return { place: { unitUid: unit.agentUid, machineUid, machine } };
};
