import { z } from 'zod';
import { name, serviceName, uid, unitName } from '../define.ts';

const bag = z.record(z.string().max(128), z.json());

export const relationEvents = {
  /** Stream `relation/<uid>`. A `requires` endpoint joined to a `provides` endpoint of the same interface. */
  RelationAdded: {
    1: z.strictObject({
      uid,
      groupUid: uid,
      requirer: z.strictObject({ serviceUid: uid, service: serviceName, endpoint: name }),
      /** `serviceUid` is that of the virtual service where `virtual`. */
      provider: z.strictObject({ serviceUid: uid, service: serviceName, endpoint: name, virtual: z.boolean() }),
      interface: name,
    }),
  },
  RelationRemoved: { 1: z.strictObject({ uid }) },
  /** What hooks published on an endpoint: the whole bag of a unit, or (`unitUid` null) of the service. */
  RelationDataSet: {
    1: z.strictObject({
      serviceUid: uid,
      service: serviceName,
      unitUid: uid.nullable(),
      unit: unitName.nullable(),
      endpoint: name,
      data: bag,
    }),
  },
  /** Stream `virtual/<uid>`. Something outside, with relation data of both granularities. */
  VirtualServiceSet: {
    1: z.strictObject({
      uid,
      groupUid: uid,
      name: serviceName,
      provides: z.array(z.strictObject({ name, interface: name })).max(32),
      service: bag,
      units: z.array(bag).max(1_000),
    }),
  },
  VirtualServiceRemoved: { 1: z.strictObject({ uid, name: serviceName }) },
} as const;
