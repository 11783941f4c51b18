import { accept, type Command, type ContextDomain, type EventEnvelope, type Json, type NewEvent } from '@yiqiu/kernel';

/** The same small event for both sides. */
export type AddCommand = Command<'Add', { readonly counter: string; readonly by: number }>;
export type Added = NewEvent<'Added', { readonly counter: string; readonly by: number }>;
export type Counters = Map<string, number>;

/** The least that a domain can do, so that the runtime and the log are what is measured. */
export const countersDomain = (): ContextDomain<Counters, AddCommand, Added> => ({
  context: 'service',
  foldVersion: 1,
  initial: () => new Map(),
  decide: (_state, { data }) => accept([{ stream: `counter/${data.counter}`, type: 'Added', version: 1, data }]),
  evolve: (state, { type, data }: EventEnvelope) => {
    if (type !== 'Added') throw new Error(`unknown event ${type}`);
    const counter = String(data['counter']);
    state.set(counter, (state.get(counter) ?? 0) + Number(data['by']));
  },
  react: () => [],
  reactors: {},
  tick: () => null,
  nextDeadline: () => null,
  tables: (state) => ({ counters: state }),
  restore: (rows) =>
    new Map((rows['counters'] ?? []).map(([key, value]: readonly [string, Json]) => [key, Number(value)])),
});
