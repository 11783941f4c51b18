import type { ServiceCommand } from './command.ts';
import { decide } from './decide.ts';
import type { ServiceState } from './state.ts';

/** Of ids that nobody keeps. */
const noUid = '00000000-0000-7000-8000-000000000000';

/**
 * Whether a command would change anything now: so that what agents say again and again, and elections without an outcome, are
 * not submitted, and leave no rows. `now`: ms since the epoch.
 */
export const changesSomething = (state: ServiceState, command: ServiceCommand, now: number): boolean => {
  const ctx = { now, uuid: () => noUid, actor: 'system:service', reason: null, commandId: 'foresee' };
  const decision = decide(state, command, ctx);
  return !decision.ok || decision.events.length > 0;
};
