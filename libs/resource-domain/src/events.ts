import { resourceCatalogue } from '@yiqiu/contracts';
import type { ResourceContextEvent } from '@yiqiu/contracts';
import type { EventEnvelope, NewEvent } from '@yiqiu/kernel';

type Placed<E> = E extends NewEvent<infer T, infer D> ? EventEnvelope<T, D> : never;

/** An event of this context in its place in the log. */
export type ResourceEnvelope = Placed<ResourceContextEvent>;
export type EnvelopeOf<T extends ResourceContextEvent['type']> = Extract<ResourceEnvelope, { readonly type: T }>;
export type DataOf<T extends ResourceContextEvent['type']> = Extract<
  ResourceContextEvent,
  { readonly type: T }
>['data'];

const catalogue: { readonly [type: string]: { readonly [version: number]: unknown } | undefined } = resourceCatalogue;

const isKnown = (event: EventEnvelope): event is ResourceEnvelope =>
  catalogue[event.type]?.[event.version] !== undefined;

/** Narrows by type and version; the data was checked when it was decided. Throws on one that the catalogue does not have. */
export const asResourceEvent = (event: EventEnvelope): ResourceEnvelope => {
  if (isKnown(event)) return event;
  throw new Error(
    `log resource, position ${event.position}: ${event.type} version ${event.version} is not in the catalogue`,
  );
};
