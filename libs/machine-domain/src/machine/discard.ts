import type { Verb } from './change.ts';
import { gone } from './leave.ts';

/** NEW → (outside), ours: for what never comes up. */
export const discard: Verb = (_, machine, { reason }) => gone(machine, 'MachineDiscarded', reason);
