import { resourceCatalogue } from '@yiqiu/contracts';
import { z } from 'zod';

/** What is known of a machine, as its context told it. */
export const observedHost = resourceCatalogue.HostObserved[2];
export type ObservedHost = z.infer<typeof observedHost>;

export const hostRow = observedHost.extend({
  /** Null where the event was of version 1. */
  told: observedHost.shape.told.nullable(),
  /** The offline request that was answered with MachineClosed; null once the machine is READY again. */
  closedFor: z.string().nullable(),
  /** MachineEvacuated was said since it is in ERROR_DETECTED. */
  evacuated: z.boolean(),
  /** The last fence of it: told again it covers nothing that came later. */
  fenceId: z.uuid().nullable(),
});
export type Host = z.infer<typeof hostRow>;

/** The part that the machine context tells. */
export const observedOf = ({
  closedFor: _,
  evacuated: __,
  fenceId: ___,
  told: ____,
  ...observed
}: Host): Omit<ObservedHost, 'told'> => observed;
