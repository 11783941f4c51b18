import { z } from 'zod';
import { count, digest, name, portMap, reason, serviceName, text, uid, unitName } from '../define.ts';
import { placementRules } from '../resource/resource-service.ts';

/** Of a service's roll-outs. `minHealthy` in percent of desired, 0–100. */
export const updatePolicy = z.strictObject({
  canary: count,
  maxParallel: z.int().min(1),
  minHealthyPercent: count.max(100),
  /** A floor counted in units, where it was given so; the higher of the two holds. */
  minHealthyUnits: count.optional(),
});
export type UpdatePolicy = z.infer<typeof updatePolicy>;

/** What a person asked for, resolved: the program is pinned. */
export const serviceSpec = z.strictObject({
  program: z.strictObject({ uid, name, version: z.string().max(64), digest }),
  package: name,
  pools: z.array(name).min(1).max(64),
  ports: portMap,
  placement: placementRules,
  update: updatePolicy,
});
export type ServiceSpec = z.infer<typeof serviceSpec>;

const service = { uid, name: serviceName };

export const serviceEvents = {
  /** Stream `service/<uid>`. Its units follow as UnitRequested. */
  ServiceCreated: { 1: z.strictObject({ ...service, groupUid: uid, group: name, spec: serviceSpec, desired: count }) },
  ServiceRevised: { 1: z.strictObject({ ...service, spec: serviceSpec }) },
  ServiceScaled: { 1: z.strictObject({ ...service, from: count, to: count, operation: uid.nullable() }) },
  /** Effective values, with the program's defaults filled in. Revision 1 comes with the service. */
  ConfigRevised: {
    1: z.strictObject({
      ...service,
      revision: z.int().min(1),
      /** Only what was set by somebody. */
      values: z.record(z.string(), z.json()),
      config: z.record(z.string(), z.json()),
      changed: z.array(z.string()).max(1_000),
      operation: uid.nullable(),
    }),
  },
  /** The one unit of the service, ever, that begins its data from nothing (YIQIU_SEED); again only by a reseed. */
  SeedChosen: { 1: z.strictObject({ ...service, unitUid: uid, unit: unitName, reason }) },
  /** `epoch` grows by one with each. Null: there is none, and `message` says why. */
  LeaderChanged: {
    1: z.strictObject({
      ...service,
      epoch: z.int().min(1),
      leader: z.strictObject({ unitUid: uid, unit: unitName, ordinal: count, incarnation: z.int().min(1) }).nullable(),
      message: text,
    }),
  },
  /** The leader is lost: dead past its hold-down, fenced, or gone. Candidates are asked anew from here on. */
  LeaderLost: { 1: z.strictObject({ ...service, unitUid: uid, unit: unitName, message: text }) },
  /** The leader is asked to step down as soon as another unit can lead. */
  StepDownRequested: { 1: z.strictObject({ ...service, unitUid: uid, unit: unitName, message: text }) },
  /** No other unit can lead: the leader stays, and what waited for it goes on. */
  StepDownGivenUp: { 1: z.strictObject({ ...service, message: text }) },
  ServiceRemoveRequested: { 1: z.strictObject({ ...service }) },
  ServiceRemoved: { 1: z.strictObject({ ...service }) },
} as const;
