import { randomUUID } from 'node:crypto';
import { readIfThere, writeFileAtomically, type AgentPaths } from '../layout/index.ts';
import { kernelBootId } from '../proc/index.ts';

/** The machine's boot id: the kernel's, unless a file beside the agent's journal says another one (local machines). */
export const machineBootId = (paths: AgentPaths): string => {
  const given = readIfThere(paths.bootId)?.trim() ?? '';
  if (given.length > 64) throw new Error(`${paths.bootId} holds ${given.length} characters, a boot id has at most 64`);
  return given === '' ? kernelBootId() : given;
};

/** After an announced power-off of a local machine; a real one gets its new boot id from the kernel. */
export const renewBootId = (paths: AgentPaths): void => {
  if (readIfThere(paths.bootId) === null) return;
  writeFileAtomically(paths.bootId, `${randomUUID()}\n`, { mode: 0o644 });
};
