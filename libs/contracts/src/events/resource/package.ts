import { z } from 'zod';
import { count, name, uid } from '../define.ts';

export const packageEvents = {
  /** 套餐. `pricePerHour` is a decimal as text, so that bills are exact. */
  PackageCreated: {
    1: z.strictObject({
      uid,
      name,
      cpuMilli: count,
      memoryMiB: count,
      diskMiB: count,
      ports: count.max(64),
      pricePerHour: z.string().regex(/^\d{1,12}(\.\d{1,8})?$/),
    }),
  },
} as const;
