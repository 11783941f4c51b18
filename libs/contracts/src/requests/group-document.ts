import { z } from 'zod';
import { labels, name } from '../events/define.ts';

export const unitsMax = 1_000;
export const servicesMax = 100;

const port = z.int().min(1).max(65_535);

/** `3` units or `50%` of desired. */
export const minHealthy = z.union([z.int().min(0), z.string().regex(/^(100|\d{1,2})%$/)]);

export const groupService = z.strictObject({
  program: z.string().min(1).max(128),
  package: name,
  pools: z.array(name).min(1).max(64),
  units: z.int().min(0).max(unitsMax).optional(),
  ports: z.record(z.string().max(63), port).optional(),
  config: z.record(z.string().max(128), z.json()).optional(),
  placement: z
    .strictObject({
      spread: z
        .array(z.enum(['machine', 'rack', 'zone']))
        .max(3)
        .optional(),
      labels: labels.optional(),
    })
    .optional(),
  update: z
    .strictObject({
      canary: z.int().min(0).optional(),
      maxParallel: z.int().min(1).optional(),
      minHealthy: minHealthy.optional(),
    })
    .optional(),
});

const virtualService = z.strictObject({
  provides: z.array(z.strictObject({ name, interface: name })).max(32),
  service: z.record(z.string().max(128), z.json()).optional(),
  units: z
    .array(z.record(z.string().max(128), z.json()))
    .max(unitsMax)
    .optional(),
});

const relation = z.strictObject({ from: z.string().max(200), to: z.string().max(200) });

/**
 * The document that `apply` takes. What it does not name keeps its value. `overrides` (per unit) comes later and is an
 * unknown key until then.
 */
export const groupDocument = z
  .strictObject({
    apiVersion: z.literal('yiqiu/v1'),
    kind: z.literal('Group'),
    name,
    services: z
      .record(name, groupService)
      .refine((s) => Object.keys(s).length <= servicesMax, { message: `at most ${servicesMax} services` })
      .default({}),
    virtual: z.record(name, virtualService).default({}),
    relations: z.array(relation).max(1_000).default([]),
  })
  .meta({ id: 'GroupDocument' });
export type GroupDocument = z.infer<typeof groupDocument>;
export type GroupServiceDocument = z.infer<typeof groupService>;

export const scaleBody = z
  .strictObject({ units: z.int().min(0).max(unitsMax), reason: z.string().max(500).nullable().default(null) })
  .meta({ id: 'Scale' });
export const upgradeBody = z
  .strictObject({ program: z.string().min(3).max(128), reason: z.string().max(500).nullable().default(null) })
  .meta({ id: 'Upgrade' });
/** null = back to the default. */
export const configPatch = z.record(z.string().max(128), z.json()).meta({ id: 'ConfigPatch' });
export const unitVerbs = ['retry', 'skip', 'restart', 'stop', 'start'] as const;
export type UnitVerb = (typeof unitVerbs)[number];
