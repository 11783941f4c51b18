import { z } from 'zod';
import { name } from '../events/define.ts';

export const createPackage = z
  .strictObject({
    name,
    cpuMilli: z.int().min(1).max(1_024_000),
    memoryMiB: z.int().min(1).max(67_108_864),
    diskMiB: z.int().min(1).max(1_073_741_824),
    ports: z.int().min(0).max(64).default(4),
    pricePerHour: z
      .string()
      .regex(/^\d{1,12}(\.\d{1,8})?$/)
      .default('0'),
  })
  .meta({ id: 'CreatePackage' });
export type CreatePackage = z.infer<typeof createPackage>;
