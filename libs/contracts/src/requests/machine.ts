import { reasonLengthMax } from '@yiqiu/kernel';
import { z } from 'zod';
import { labels, name } from '../events/define.ts';
import { faultPolicy } from '../events/machine/pool.ts';

/** `500ms`, `10s`, `5m`, `1h` */
export const duration = z.string().regex(/^[1-9]\d{0,8}(ms|s|m|h)$/);

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** ms of a duration that has passed {@link duration}; NaN for anything else. */
export const durationMs = (text: string): number => {
  const match = /^(\d+)(ms|s|m|h)$/.exec(text);
  const unit = match?.[2];
  return match === null || unit === undefined ? Number.NaN : Number(match[1]) * units[unit as keyof typeof units];
};

export const createPool = z
  .strictObject({
    name,
    region: z.string().min(1).max(63).default('default'),
    initStrategy: name.default('default'),
    autoOnline: z.boolean().default(false),
    policy: faultPolicy.partial().default({}),
  })
  .meta({ id: 'CreatePool' });
export type CreatePool = z.infer<typeof createPool>;

/** Creating one under an existing name makes its next revision; the same content again changes nothing. */
export const createInitStrategy = z
  .strictObject({
    name,
    os: z.string().max(128).default(''),
    kernel: z.string().min(1).max(128).nullable().default(null),
    steps: z
      .array(
        z.strictObject({
          name,
          run: z.string().min(1).max(65_536),
          user: z.string().min(1).max(32).default('root'),
          timeout: duration.default('60s'),
          retries: z.int().min(0).max(20).default(0),
          needsAgent: z.boolean().default(true),
          mayReboot: z.boolean().default(false),
        }),
      )
      .max(100)
      .default([]),
    checks: z
      .array(
        z.strictObject({
          name,
          run: z.string().min(1).max(65_536).nullable().default(null),
          kernel: z.string().min(1).max(128).nullable().default(null),
        }),
      )
      .max(100)
      .default([]),
  })
  .meta({ id: 'CreateInitStrategy' });
export type CreateInitStrategy = z.infer<typeof createInitStrategy>;

export const addMachine = z
  .strictObject({
    name,
    address: z.union([z.ipv4(), z.ipv6(), z.hostname()]),
    pool: name,
    rack: z.string().min(1).max(63).nullable().default(null),
    zone: z.string().min(1).max(63).nullable().default(null),
    labels: labels.default({}),
  })
  .meta({ id: 'AddMachine' });
export type AddMachine = z.infer<typeof addMachine>;

/** The seed's verbs and ours, by their names in URL and CLI. */
export const machineVerbs = ['init', 'online', 'backup', 'abnormal', 'repair', 'offline', 'leave', 'discard'] as const;
export const machineVerb = z.enum(machineVerbs);
export type MachineVerb = z.infer<typeof machineVerb>;

/** Body of every verb. */
export const verbBody = z
  .strictObject({ reason: z.string().max(reasonLengthMax).nullable().default(null) })
  .meta({ id: 'VerbBody' });
/** Body of a machine's verbs. `override`: past the blast radius, audited in the reasons. */
export const machineVerbBody = z
  .strictObject({ ...verbBody.shape, override: z.boolean().default(false) })
  .meta({ id: 'MachineVerbBody' });
/** `verified`: how it was made sure that nothing of the machine runs any more. */
export const declareDeadBody = z
  .strictObject({
    verified: z.string().min(1).max(200),
    reason: z.string().min(1).max(reasonLengthMax),
    override: z.boolean().default(false),
  })
  .meta({ id: 'DeclareDeadBody' });
export const labelBody = z
  .strictObject({
    labels: labels.optional(),
    rack: z.string().max(63).nullable().optional(),
    zone: z.string().max(63).nullable().optional(),
    reason: z.string().max(reasonLengthMax).nullable().default(null),
  })
  .meta({ id: 'LabelBody' });
export const maintenanceBody = z
  .strictObject({ on: z.boolean().default(true), reason: z.string().max(reasonLengthMax).nullable().default(null) })
  .meta({ id: 'MaintenanceBody' });
