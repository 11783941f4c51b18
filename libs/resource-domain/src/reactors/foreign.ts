import type { MachineContextEvent, ServiceContextEvent } from '@yiqiu/contracts';
import type { EventEnvelope, NewEvent } from '@yiqiu/kernel';

type Placed<E> = E extends NewEvent<infer T, infer D> ? EventEnvelope<T, D> : never;
type ForeignEvent = MachineContextEvent | ServiceContextEvent;

/** An event of another context, of one of the types given. */
export type ForeignOf<T extends ForeignEvent['type']> = Placed<Extract<ForeignEvent, { readonly type: T }>>;

/** The newest version that is understood here, where it is not 1; those before it are too. */
const newest: { readonly [type in ForeignEvent['type']]?: number } = { UnitRemoved: 2 };

/** Narrows to the types that a reactor takes. Throws on another type or a newer version: its consumer stops, and says so. */
export const asForeign = <T extends ForeignEvent['type']>(event: EventEnvelope, types: readonly T[]): ForeignOf<T> => {
  if (isForeign(event, types)) return event;
  throw new Error(`${event.context}:${event.position}: ${event.type} version ${event.version} is not understood`);
};

const isForeign = <T extends ForeignEvent['type']>(
  event: EventEnvelope,
  types: readonly T[],
): event is ForeignOf<T> & EventEnvelope =>
  types.some((type) => type === event.type && event.version <= (newest[type] ?? 1));
