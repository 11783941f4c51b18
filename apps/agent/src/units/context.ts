import type { UnitCommand, UnitContext } from '@yiqiu/contracts';
import { programHome } from './program-link.ts';

/** The command's context with what only the agent knows: where the unit and its program are. */
export const contextOf = ({ context }: UnitCommand, home: string): UnitContext => ({
  ...context,
  program: { ...context.program, home: programHome(home) },
  unit: { ...context.unit, home },
});
