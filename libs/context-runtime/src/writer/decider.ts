import type {
  Command,
  ContextDomain,
  Ctx,
  DomainError,
  EventEnvelope,
  Ids,
  Json,
  NewEvent,
  Reaction,
} from '@yiqiu/kernel';
import { refusal } from '@yiqiu/kernel';
import { answerBytesMax } from '@yiqiu/event-log';
import type { Memory } from '../memory/index.ts';
import { errorText, type Reports } from '../reports.ts';
import { EvolveFailedError, ReactionHaltError } from './errors.ts';
import type { Origin, PlacedEvent } from './place.ts';
import { placeEvents } from './place.ts';

/** Events that one command may cause; more is a defect of the domain. */
export const commandEventsMax = 10_000;
/** Commands that one command may cause by reactions to its events; more is a circle. */
export const followUpsMax = 10_000;

export type Outcome =
  | { readonly ok: true; readonly events: readonly EventEnvelope[]; readonly answer: Json; readonly answerText: string }
  | { readonly ok: false; readonly error: DomainError };

export interface DeciderOptions<S, C extends Command, E extends NewEvent> {
  readonly domain: ContextDomain<S, C, E>;
  readonly memory: Memory<S>;
  readonly ids: Ids;
  readonly reports: Reports;
  /** Of the batch, ms since the epoch. */
  readonly nowMs: number;
  /** Takes the placed events into the batch. */
  readonly push: (events: readonly PlacedEvent[], bytes: number) => void;
}

/** Decides commands against memory and folds their events at once, so that the next one is decided on top of them. */
export class Decider<S, C extends Command, E extends NewEvent> {
  readonly #options: DeciderOptions<S, C, E>;
  readonly #uuid: () => string;

  constructor(options: DeciderOptions<S, C, E>) {
    this.#options = options;
    this.#uuid = () => options.ids.uuid(options.nowMs);
  }

  /**
   * One command and everything that the context's own reactions answer to its events. A command that is refused, throws or
   * makes an event out of bounds leaves memory as it was. Throws EvolveFailedError and ReactionHaltError; then memory is
   * not to be used any more.
   */
  decide(command: C, origin: Origin): Outcome {
    const outcome = this.#decideAlone(command, origin);
    if (outcome.ok && outcome.events.length > 0) this.#followUp(outcome.events, origin);
    return outcome;
  }

  /** A reaction's command, and what its table says where it is refused. */
  decideReaction(reaction: Reaction<C>, origin: Origin): void {
    const events = this.#decideByTable(reaction, origin);
    if (events.length > 0) this.#followUp(events, origin);
  }

  #decideAlone(command: C, origin: Origin): Outcome {
    const { memory, domain } = this.#options;
    const prepared = this.#prepare(command, origin);
    if (!prepared.ok) return prepared;
    const { placed, answer, answerText } = prepared;
    if (placed === null) return { ok: true, events: [], answer, answerText };
    const events: EventEnvelope[] = [];
    for (const { event } of placed.events) {
      try {
        domain.evolve(memory.state, event);
      } catch (error) {
        throw new EvolveFailedError(`${event.type} of ${event.stream} at ${event.position}: ${errorText(error)}`, {
          cause: error,
        });
      }
      memory.note(event);
      events.push(event);
    }
    this.#options.push(placed.events, placed.bytes);
    return { ok: true, events, answer, answerText };
  }

  /** Everything that can fail for the command alone. */
  #prepare(command: C, origin: Origin) {
    const { domain, memory, ids, nowMs } = this.#options;
    const ctx: Ctx = {
      now: nowMs,
      uuid: this.#uuid,
      actor: origin.actor,
      reason: origin.reason,
      commandId: origin.commandId,
    };
    try {
      const decision = domain.decide(memory.state, command, ctx);
      if (!decision.ok) return decision;
      if (decision.events.length > commandEventsMax) return this.#tooMany(command, decision.events.length);
      const answerText = JSON.stringify(decision.answer);
      const answerBytes = Buffer.byteLength(answerText);
      if (answerBytes > answerBytesMax) return this.#answerTooLarge(command, answerBytes);
      const answer: Json = answerText === 'null' ? null : JSON.parse(answerText);
      if (decision.events.length === 0) return { ok: true as const, placed: null, answer, answerText };
      const placed = placeEvents(decision.events, { memory, context: domain.context, ids, nowMs, origin });
      if ('kind' in placed) return { ok: false as const, error: placed };
      return { ok: true as const, placed, answer, answerText };
    } catch (error) {
      return this.#threw(command, origin, error);
    }
  }

  #tooMany(command: C, count: number) {
    const message = `${command.type} would cause ${count} events, at most ${commandEventsMax} are allowed`;
    return { ok: false as const, error: refusal('too-large', 'command-too-many-events', message) };
  }

  #answerTooLarge(command: C, bytes: number) {
    const message = `the answer to ${command.type} is ${bytes} bytes, at most ${answerBytesMax} are allowed`;
    return { ok: false as const, error: refusal('too-large', 'command-answer-too-large', message) };
  }

  #threw(command: C, origin: Origin, error: unknown) {
    const message = `${command.type} could not be decided: ${errorText(error)}`;
    this.#options.reports.alarm({
      context: this.#options.domain.context,
      code: 'command-threw',
      message,
      details: { commandId: origin.commandId, stack: error instanceof Error ? (error.stack ?? null) : null },
    });
    return { ok: false as const, error: refusal('invalid', 'command-failed', message) };
  }

  #decideByTable(reaction: Reaction<C>, origin: Origin): readonly EventEnvelope[] {
    const outcome = this.#decideAlone(reaction.command, origin);
    if (outcome.ok) return outcome.events;
    const { ifRefused } = reaction;
    if (ifRefused === 'done') return [];
    const refused = `${reaction.command.type} (${origin.commandId}) was refused: ${outcome.error.code}: ${outcome.error.message}`;
    if (ifRefused === 'halt') throw new ReactionHaltError(refused);
    const compensation = this.#guarded(() => ifRefused(outcome.error), `the compensation of ${origin.commandId}`);
    const compensated = this.#decideAlone(compensation, { ...origin, commandId: `${origin.commandId}/compensation` });
    if (compensated.ok) return compensated.events;
    throw new ReactionHaltError(
      `${refused}; its compensation ${compensation.type} was refused in turn: ${compensated.error.message}`,
    );
  }

  /** The context's answers to its own events, in their order, until there are none. */
  #followUp(events: readonly EventEnvelope[], origin: Origin): void {
    const { domain, memory } = this.#options;
    let waiting: EventEnvelope[] | null = null;
    let count = 0;
    for (let next = 0; ; next++) {
      const event = next < events.length ? events[next] : waiting?.[next - events.length];
      if (event === undefined) return;
      const reactions = this.#guarded(
        () => domain.react(memory.state, event),
        `the reaction to ${event.type} at ${event.position}`,
      );
      for (const [n, reaction] of reactions.entries()) {
        count += 1;
        if (count > followUpsMax)
          throw new ReactionHaltError(`${origin.commandId} causes more than ${followUpsMax} commands: a circle`);
        waiting ??= [];
        waiting.push(...this.#decideByTable(reaction, answering(event, n, domain.context, origin.source)));
      }
    }
  }

  #guarded<T>(react: () => T, what: string): T {
    try {
      return react();
    } catch (error) {
      throw new ReactionHaltError(`${what} threw: ${errorText(error)}`, { cause: error });
    }
  }
}

/** Where the `n`th command that answers an event comes from. */
export const answering = (event: EventEnvelope, n: number, context: string, source: Origin['source']): Origin => ({
  commandId: `${event.lineage}:${event.position}#${n}`,
  actor: `system:${context}`,
  reason: null,
  tenant: event.meta.tenant,
  correlationId: event.meta.correlationId,
  causationId: event.id,
  source,
});
