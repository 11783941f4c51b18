import { z } from 'zod';
import { count, labels, name, serviceName, uid } from '../define.ts';

/** One port that a program wants. `pin`: this number or nothing; else `default` if free, else the lowest free of 20000–29999. */
export const portRequest = z.strictObject({
  name: z.string().max(63),
  default: z.int().min(1).max(65_535).nullable(),
  pin: z.int().min(1).max(65_535).nullable(),
});
export type PortRequest = z.infer<typeof portRequest>;

export const placementRules = z.strictObject({
  spread: z.array(z.enum(['machine', 'rack', 'zone'])).max(3),
  labels,
});
export type PlacementRules = z.infer<typeof placementRules>;

export const resourceServiceEvents = {
  /** Stream `resource-service/<service uid>`. At the first request of a service, and when what it asks for changes. */
  ResourceServiceDefined: {
    1: z.strictObject({
      serviceUid: uid,
      service: serviceName,
      program: z.string().max(128),
      package: name,
      resources: z.strictObject({ cpuMilli: count, memoryMiB: count, diskMiB: count }),
      pools: z.array(name).min(1).max(64),
      ports: z.array(portRequest).max(64),
      placement: placementRules,
    }),
  },
} as const;
