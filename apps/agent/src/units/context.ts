import type { UnitCommand, UnitContext } from '@yiqiu/contracts';
import { endpointNames, type Manifest } from '@yiqiu/program/manifest-types';
import { programHome } from './program-link.ts';

const unrelated: UnitContext['relations'][string] = { ready: false, service: {}, units: [] };

/** The command's context with what only the agent knows: where the unit and its program are. Every declared endpoint exists. */
export const contextOf = ({ context }: UnitCommand, home: string, manifest: Manifest): UnitContext => ({
  ...context,
  program: { ...context.program, home: programHome(home) },
  unit: { ...context.unit, home },
  relations: {
    ...Object.fromEntries(endpointNames(manifest).map((endpoint) => [endpoint, unrelated])),
    ...context.relations,
  },
});
