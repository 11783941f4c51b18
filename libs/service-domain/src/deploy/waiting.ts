import type { ServiceState } from '../state.ts';
import { failureText } from '../unit/failure-text.ts';
import type { UnitRow } from '../unit/state.ts';
import { nextMove } from './next-move.ts';

/** What a unit that is not where it should be waits for, for people; null where it waits for nothing. */
export const waitingFor = (state: ServiceState, unit: UnitRow): string | null => {
  if (unit.failed !== null) return failureText(unit);
  // Told of the world around it, it serves on: nothing waits.
  if (unit.state === 'RUNNING') return null;
  const move = nextMove(state, unit);
  return move.do === 'wait' ? move.message : null;
};
