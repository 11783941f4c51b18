import { z } from 'zod';

const endpoint = z.object({ name: z.string(), interface: z.string() });
const hook = z.object({
  timeoutMs: z.int(),
  retries: z.int(),
  onDeadline: z.enum(['fail', 'hold']),
});

/**
 * What this layer needs of a manifest, as `@yiqiu/program` normalises it (all defaults filled in). It reads the JSON that
 * the event holds; the rest of the manifest is for the agent.
 */
export const manifestView = z.object({
  provides: z.array(endpoint.extend({ keys: z.object({ unit: z.array(z.string()), service: z.array(z.string()) }) })),
  peers: z.array(endpoint),
  requires: z.array(endpoint.extend({ optional: z.boolean(), limit: z.int().nullable() })),
  leader: z.object({ kind: z.enum(['none', 'platform']) }),
  fencing: z.enum(['none', 'verified']),
  data: z.array(z.object({ name: z.string(), path: z.string(), onLoss: z.enum(['wait', 'rebuild', 'init']) })),
  /** The first one is `unit.port`. */
  ports: z.array(z.object({ name: z.string(), default: z.int().nullable() })),
  config: z.object({ properties: z.record(z.string(), z.json()) }),
  process: z.object({ stop: z.object({ timeoutMs: z.int() }) }).nullable(),
  /** The hooks that exist in the package. */
  hooks: z.record(z.string(), hook),
  update: z.object({
    canary: z.int(),
    maxParallel: z.int(),
    minHealthy: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('percent'), percent: z.int() }),
      z.object({ kind: z.literal('units'), units: z.int() }),
    ]),
    rollback: z.enum(['auto', 'manual', 'never']),
  }),
});
export type ManifestView = z.infer<typeof manifestView>;

/** Every endpoint that the manifest declares: each is a name under `relations`. */
export const endpointNames = (manifest: ManifestView): string[] =>
  [...manifest.provides, ...manifest.peers, ...manifest.requires].map(({ name }) => name);
