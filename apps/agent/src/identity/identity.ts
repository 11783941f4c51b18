import { createUser, fromSeed } from '@nats-io/nkeys';
import { z } from 'zod';
import { readIfThere, writeFileAtomically, type AgentPaths } from '../layout/index.ts';

/** Who this agent is for the platform. The seed never leaves the machine. */
export const agentIdentity = z.object({
  machineUid: z.uuid(),
  machine: z.string(),
  address: z.string(),
  /** `http://host:port`, where it joined. */
  server: z.string(),
  natsUrl: z.string(),
  jwt: z.string(),
  /** nkey seed, `SU…`. */
  seed: z.string(),
});
export type AgentIdentity = z.infer<typeof agentIdentity>;

/** Null where this agent has not joined yet. Throws on a file that is not ours. */
export const readIdentity = (paths: AgentPaths): AgentIdentity | null => {
  const text = readIfThere(paths.identity);
  if (text === null) return null;
  const parsed = agentIdentity.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${paths.identity} is no agent identity: ${parsed.error.message}`);
  return parsed.data;
};

/** Mode 0600. */
export const saveIdentity = (paths: AgentPaths, identity: AgentIdentity): void =>
  writeFileAtomically(paths.identity, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600 });

export interface NewKey {
  readonly seed: string;
  /** `U…`, goes to the platform. */
  readonly publicKey: string;
}

/**
 * The agent's own key, made once and on disk (mode 0600) before it is shown to anybody: a join that is cut off is repeated
 * with the same key.
 */
export const ownKey = (paths: AgentPaths): NewKey => {
  const path = `${paths.identity}.key`;
  const kept = readIfThere(path)?.trim();
  if (kept !== undefined) return { seed: kept, publicKey: fromSeed(new TextEncoder().encode(kept)).getPublicKey() };
  const key = createUser();
  const seed = new TextDecoder().decode(key.getSeed());
  writeFileAtomically(path, `${seed}\n`, { mode: 0o600 });
  return { seed, publicKey: key.getPublicKey() };
};
