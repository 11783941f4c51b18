import { serviceCatalogue } from '@yiqiu/contracts';
import type { ServiceContextEvent } from '@yiqiu/contracts';
import type { EventEnvelope, NewEvent } from '@yiqiu/kernel';

type Placed<E> = E extends NewEvent<infer T, infer D> ? EventEnvelope<T, D> : never;

/** An event of this context in its place in the log. */
export type ServiceEnvelope = Placed<ServiceContextEvent>;
export type EnvelopeOf<T extends ServiceContextEvent['type']> = Extract<ServiceEnvelope, { readonly type: T }>;
export type EventOf<T extends ServiceContextEvent['type']> = Extract<ServiceContextEvent, { readonly type: T }>;

const catalogue: { readonly [type: string]: { readonly [version: number]: unknown } | undefined } = serviceCatalogue;

const isKnown = (event: EventEnvelope): event is ServiceEnvelope =>
  catalogue[event.type]?.[event.version] !== undefined;

/** Narrows by type and version; the data was checked when it was decided. Throws on one that the catalogue does not have. */
export const asServiceEvent = (event: EventEnvelope): ServiceEnvelope => {
  if (isKnown(event)) return event;
  throw new Error(
    `log service, position ${event.position}: ${event.type} version ${event.version} is not in the catalogue`,
  );
};

/** When it happened, ms since the epoch. */
export const atMs = (event: EventEnvelope): number => event.meta.hlc.l;
