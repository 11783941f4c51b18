import { resourceCatalogue } from '@yiqiu/contracts';
import type { z } from 'zod';
import { setOf } from '../multimap.ts';
import type { ResourceContextState } from '../state.ts';

/** What a service asks for, as its last request said it. */
export const resourceServiceRow = resourceCatalogue.ResourceServiceDefined[1];
export type ResourceService = z.infer<typeof resourceServiceRow>;

/** A service without container and pending work asks for nothing: it goes, and is defined anew when it asks again. */
export const dropIfIdle = (state: ResourceContextState, serviceUid: string): void => {
  const idle =
    setOf(state.containersByService, serviceUid).size === 0 && setOf(state.pendingByService, serviceUid).size === 0;
  if (idle) state.services.delete(serviceUid);
};
