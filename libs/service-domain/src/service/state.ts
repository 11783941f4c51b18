import { serviceSpec } from '@yiqiu/contracts';
import { z } from 'zod';

const configRevision = z.object({
  revision: z.int(),
  at: z.string(),
  actor: z.string(),
  /** JSON text: only what was set by somebody. */
  values: z.string(),
  /** JSON text: with the program's defaults filled in. */
  config: z.string(),
  changed: z.array(z.string()),
});
export type ConfigRevision = z.infer<typeof configRevision>;

export const serviceRow = z.object({
  uid: z.string(),
  /** `cache/redis` */
  name: z.string(),
  groupUid: z.string(),
  group: z.string(),
  spec: serviceSpec,
  desired: z.int(),
  /** The newest one last; at most {@link revisionsKept}. */
  revisions: z.array(configRevision),
  removing: z.boolean(),
  /** What a person changed since the last apply: only `take` overwrites it. */
  touched: z.object({ units: z.boolean(), config: z.array(z.string()) }),
  /** By ordinal: the highest incarnation ever given. */
  incarnations: z.record(z.string(), z.int()),
  /** The unit that began the service's data; null: none yet. */
  seed: z.string().nullable(),
  /** It has not come up since it was chosen: until then its hooks are told that it begins from nothing. */
  seedDue: z.boolean(),
  /** Members that have gone for good, of which the others were not told yet (hook `member-remove`). */
  farewells: z.array(z.string()),
  /** What was published for the whole service, by endpoint: JSON text. */
  bags: z.record(z.string(), z.string()),
  leader: z.object({
    epoch: z.int(),
    now: z.object({ unitUid: z.string(), ordinal: z.int(), incarnation: z.int() }).nullable(),
    /** No other could lead when it was last asked to step down: what waited for that goes on. Until the next change. */
    stays: z.boolean(),
    /** The leader is lost or asked to step down: another is wanted. Candidates' answers count from here on, ms. */
    wanted: z.object({ since: z.int(), why: z.enum(['lost', 'step-down']), message: z.string() }).nullable(),
  }),
});
export type ServiceRow = z.infer<typeof serviceRow>;

/** Older config revisions are in the log only. */
export const revisionsKept = 100;

const noConfig: ConfigRevision = { revision: 0, at: '', actor: '', values: '{}', config: '{}', changed: [] };

export const configOf = (service: ServiceRow): ConfigRevision => service.revisions.at(-1) ?? noConfig;

/** Config keys that changed after revision `since`, sorted; all of the kept ones where it is older than those. */
export const changedSince = (service: ServiceRow, since: number): string[] =>
  [...new Set(service.revisions.filter(({ revision }) => revision > since).flatMap(({ changed }) => changed))].sort();
