import { machineCatalogue } from '@yiqiu/contracts';
import type { MachineContextEvent } from '@yiqiu/contracts';
import type { EventEnvelope, NewEvent } from '@yiqiu/kernel';

type Placed<E> = E extends NewEvent<infer T, infer D> ? EventEnvelope<T, D> : never;

/** An event of this context in its place in the log. */
export type MachineEnvelope = Placed<MachineContextEvent>;
export type EnvelopeOf<T extends MachineContextEvent['type']> = Extract<MachineEnvelope, { readonly type: T }>;

const catalogue: { readonly [type: string]: { readonly [version: number]: unknown } | undefined } = machineCatalogue;

const isKnown = (event: EventEnvelope): event is MachineEnvelope =>
  catalogue[event.type]?.[event.version] !== undefined;

/** Narrows by type and version; the data was checked when it was decided. Throws on one that the catalogue does not have. */
export const asMachineEvent = (event: EventEnvelope): MachineEnvelope => {
  if (isKnown(event)) return event;
  throw new Error(
    `log machine, position ${event.position}: ${event.type} version ${event.version} is not in the catalogue`,
  );
};
