import { resources } from '@yiqiu/contracts';
import { z } from 'zod';
import { readIfThere, writeFileAtomically, type AgentPaths } from '../layout/index.ts';

/** What was said on the command line once and holds for later starts. */
export const agentSettings = z.object({
  /** Declared; null: what the machine has. */
  capacity: resources.nullable(),
});
export type AgentSettings = z.infer<typeof agentSettings>;

export const readSettings = (paths: AgentPaths): AgentSettings => {
  const text = readIfThere(paths.settings);
  return text === null ? { capacity: null } : agentSettings.parse(JSON.parse(text));
};

export const saveSettings = (paths: AgentPaths, settings: AgentSettings): void =>
  writeFileAtomically(paths.settings, `${JSON.stringify(settings)}\n`, { mode: 0o644 });
