import type { ContextDomain, Command } from './domain.ts';
import type { EventEnvelope, NewEvent } from './envelope.ts';

/** Folds events over a fresh state. */
export const fold = <S, C extends Command, E extends NewEvent>(
  domain: ContextDomain<S, C, E>,
  events: Iterable<EventEnvelope>,
): S => {
  const state = domain.initial();
  for (const event of events) domain.evolve(state, event);
  return state;
};

/** For the end of an exhaustive switch: a compile error where a case is missing, a loud stop where data is. */
export const unreachable = (value: never, what: string): never => {
  throw new Error(`${what}: unknown ${JSON.stringify(value)}`);
};
