import { z } from 'zod';
import { changeEffects, hookNames, limitNames, signalNames } from './names.ts';

/**
 * The manifest as the platform keeps it: every default filled in, durations in milliseconds, JSON only (it is stored in
 * an event and sent to agents). `yiqiu.yaml` is its source; `parseManifest` makes it, `storedManifest` reads it back.
 */

const ms = z.int().min(0);
const count = z.int().min(0);

const providedEndpoint = z.object({
  name: z.string(),
  interface: z.string(),
  /** Keys that requirers may count on: the relation is not ready before each unit, and the service, has set them. */
  keys: z.object({ unit: z.array(z.string()), service: z.array(z.string()) }),
});

const requiredEndpoint = z.object({
  name: z.string(),
  interface: z.string(),
  optional: z.boolean(),
  /** At most so many relations on this endpoint; null: no limit. */
  limit: z.int().min(1).nullable(),
});

/** `exec`: a template each; the first is an absolute path once rendered. */
const execCheck = z.object({ exec: z.array(z.string()).min(1), intervalMs: ms, timeoutMs: ms });

const leaderPolicy = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('platform'), eligible: execCheck }),
]);

const dataDirectory = z.object({
  name: z.string(),
  /** Relative to the unit's home. */
  path: z.string(),
  /** File mode bits, e.g. 0o750. */
  mode: count,
  onLoss: z.enum(['wait', 'rebuild', 'init']),
});

const port = z.object({
  name: z.string(),
  /** Taken where it is free on the machine; null: the platform's choice. */
  default: z.int().min(1).max(65_535).nullable(),
});

/** JSON Schema 2020-12. */
const configSchema = z
  .object({ type: z.literal('object'), properties: z.record(z.string(), z.json()) })
  .catchall(z.json());

const effect = z.enum(changeEffects);

const template = z.object({
  /** Relative to the package. */
  from: z.string(),
  /** Relative to the unit's home. */
  to: z.string(),
  mode: count,
  /** What a changed content asks for, by the cause of the change. */
  onChange: z.object({ config: effect, relation: effect, members: effect, leader: effect }),
});

const signal = z.enum(signalNames);

const processSpec = z.object({
  /** A template each; the first is an absolute path once rendered. */
  command: z.array(z.string()).min(1),
  /** A template each. */
  env: z.record(z.string(), z.string()),
  limits: z.partialRecord(z.enum(limitNames), z.union([count, z.literal('unlimited')])),
  stop: z.object({ signal, timeoutMs: ms }),
  reload: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('signal'), signal }),
      z.object({ kind: z.literal('run'), run: z.string() }),
    ])
    .nullable(),
  restart: z.object({
    backoffMinMs: ms,
    backoffMaxMs: ms,
    giveUpAfter: z.object({ exits: z.int().min(1), windowMs: ms }),
  }),
});

const probe = z.object({
  check: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('tcp'), port: z.string() }),
    z.object({ kind: z.literal('http'), port: z.string(), path: z.string(), status: z.int() }),
    z.object({ kind: z.literal('exec'), exec: z.array(z.string()).min(1) }),
  ]),
  intervalMs: ms,
  timeoutMs: ms,
  /** So many in a row count as failed. */
  failures: z.int().min(1),
});

const health = z.object({
  ready: probe.nullable(),
  /** Without a `ready` check a unit is ready when its process has run this long. */
  readyAfterMs: ms,
  /** Failing means restart. */
  alive: probe.nullable(),
  /** Standard output is one word, shown to people; orders roll-outs. */
  role: execCheck.nullable(),
});

const hookSettings = z.object({
  timeoutMs: ms,
  /** Further attempts after the first. */
  retries: count,
  user: z.string(),
  /** `hold` waits for a person. */
  onDeadline: z.enum(['fail', 'hold']),
});

const updatePolicy = z.object({
  canary: count,
  maxParallel: z.int().min(1),
  minHealthy: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('percent'), percent: z.int().min(0).max(100) }),
    z.object({ kind: z.literal('units'), units: count }),
  ]),
  rollback: z.enum(['auto', 'manual', 'never']),
});

/** Reads a manifest back from an event or a command: `storedManifest.parse(json)`. */
export const storedManifest = z.object({
  apiVersion: z.literal('yiqiu/v1'),
  name: z.string(),
  version: z.string(),
  summary: z.string(),
  /** Who hooks and the process run as. */
  user: z.string(),
  provides: z.array(providedEndpoint),
  peers: z.array(z.object({ name: z.string(), interface: z.string() })),
  requires: z.array(requiredEndpoint),
  leader: leaderPolicy,
  fencing: z.enum(['none', 'verified']),
  data: z.array(dataDirectory),
  /** The first one is `unit.port`. */
  ports: z.array(port),
  config: configSchema,
  templates: z.array(template),
  /** null: the hooks do it all. */
  process: processSpec.nullable(),
  health,
  /** The hooks that exist in the package, with their settings. */
  hooks: z.partialRecord(z.enum(hookNames), hookSettings),
  update: updatePolicy,
});

export type Manifest = z.infer<typeof storedManifest>;
export type ProvidedEndpoint = z.infer<typeof providedEndpoint>;
export type RequiredEndpoint = z.infer<typeof requiredEndpoint>;
export type PeerEndpoint = Manifest['peers'][number];
export type ExecCheck = z.infer<typeof execCheck>;
export type LeaderPolicy = z.infer<typeof leaderPolicy>;
export type DataDirectory = z.infer<typeof dataDirectory>;
export type Port = z.infer<typeof port>;
export type ConfigSchema = z.infer<typeof configSchema>;
export type Template = z.infer<typeof template>;
export type ProcessSpec = z.infer<typeof processSpec>;
export type Probe = z.infer<typeof probe>;
export type Health = z.infer<typeof health>;
export type HookSettings = z.infer<typeof hookSettings>;
export type UpdatePolicy = z.infer<typeof updatePolicy>;

/** Every endpoint that the manifest declares: each is a name under `relations`. */
export function endpointNames(manifest: Pick<Manifest, 'provides' | 'peers' | 'requires'>): string[] {
  return [...manifest.provides, ...manifest.peers, ...manifest.requires].map((endpoint) => endpoint.name);
}
