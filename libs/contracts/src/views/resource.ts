import { z } from 'zod';
import { portsView, stringMap } from './common.ts';

export const packageView = z
  .object({
    name: z.string(),
    cpuMilli: z.int(),
    memoryMiB: z.int(),
    diskMiB: z.int(),
    ports: z.int(),
    pricePerHour: z.string(),
  })
  .meta({ id: 'Package' });

export const resourceServiceView = z
  .object({
    name: z.string(),
    program: z.string(),
    package: z.string(),
    pools: z.array(z.string()),
    placement: z.object({ spread: z.array(z.string()), labels: stringMap }),
  })
  .meta({ id: 'ResourceService' });

export const containerView = z
  .object({
    id: z.string(),
    service: z.string(),
    ordinal: z.int(),
    incarnation: z.int(),
    machine: z.string().nullable(),
    ports: portsView,
    state: z.string(),
    package: z.string(),
    replaces: z.string().nullable(),
    message: z.string().nullable(),
  })
  .meta({ id: 'Container' });
