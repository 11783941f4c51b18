import type { MachineContextEvent, ResourceContextEvent, ServiceContextEvent } from '@yiqiu/contracts';
import type { Ctx, EventEnvelope, NewEvent, Reaction } from '@yiqiu/kernel';
import { Envelopes, testNowMs, testUuid } from '@yiqiu/testing';
import type { ResourceCommand } from './commands.ts';
import { resourceDomain } from './context.ts';
import type { ResourceContextState } from './state.ts';

interface Told {
  readonly context: 'machine' | 'service';
  readonly envelope: EventEnvelope;
}

/** Context `resource` between the other two, as the runtime drives it: reactions by their tables, follow-ups to the end. */
export class World {
  state: ResourceContextState = resourceDomain.initial();
  readonly log: EventEnvelope[] = [];
  readonly refused: string[] = [];
  readonly #own = new Envelopes('resource');
  readonly #foreign = { machine: new Envelopes('machine'), service: new Envelopes('service') };
  #last: Told | null = null;
  readonly #told: Told[] = [];
  #uuids = 0;
  /** ms since the epoch; only a test moves it. */
  now = testNowMs;

  /** Called after each event is folded. */
  onEvent: (event: EventEnvelope, before: ResourceContextState) => void = () => undefined;

  command(command: ResourceCommand): readonly ResourceContextEvent[] {
    const decision = resourceDomain.decide(this.state, command, this.#ctx());
    if (!decision.ok) throw new Error(`${decision.error.code}: ${decision.error.message}`);
    return this.#fold(decision.events);
  }

  machine(event: MachineContextEvent): readonly string[] {
    return this.#take('machine', event);
  }

  service(event: ServiceContextEvent): readonly string[] {
    return this.#take('service', event);
  }

  /** What the clock leads to once it shows the earliest deadline; types of the events. */
  tick(): readonly string[] {
    const from = this.log.length;
    this.now = Math.max(this.now, resourceDomain.nextDeadline(this.state) ?? this.now);
    const command = resourceDomain.tick(this.state, this.now);
    if (command !== null) this.#react({ command, ifRefused: 'halt' });
    return this.log.slice(from).map(({ type }) => type);
  }

  /** The last foreign event once more, as it was; types of the events that it leads to. */
  again(): readonly string[] {
    const from = this.log.length;
    if (this.#last === null) return [];
    const { context, envelope } = this.#last;
    for (const reaction of resourceDomain.reactors[context]?.react(this.state, envelope) ?? []) this.#react(reaction);
    return this.log.slice(from).map(({ type }) => type);
  }

  /** Every foreign event so far once more, oldest first; types of the events that they lead to. */
  fromTheStart(): readonly string[] {
    return [...this.#told].flatMap((told) => {
      this.#last = told;
      return this.again();
    });
  }

  /** Types of what the foreign event led to. */
  #take(context: 'machine' | 'service', event: NewEvent): readonly string[] {
    const from = this.log.length;
    const reactor = resourceDomain.reactors[context];
    if (reactor === undefined) throw new Error(`no reactor to ${context}`);
    if (!reactor.types.includes(event.type)) throw new Error(`the reactor to ${context} does not take ${event.type}`);
    this.#last = { context, envelope: this.#foreign[context].place(event) };
    this.#told.push(this.#last);
    this.again();
    return this.log.slice(from).map(({ type }) => type);
  }

  #react({ command, ifRefused }: Reaction<ResourceCommand>): void {
    const decision = resourceDomain.decide(this.state, command, this.#ctx());
    if (decision.ok) return void this.#fold(decision.events);
    this.refused.push(decision.error.code);
    if (ifRefused === 'halt') throw new Error(`halt: ${command.type}: ${decision.error.code}`);
    if (ifRefused !== 'done') throw new Error('no reaction here has a compensation');
  }

  #fold(events: readonly ResourceContextEvent[]): readonly ResourceContextEvent[] {
    const placed = events.map((event) => {
      const envelope = this.#own.place(event);
      const before = this.state;
      this.onEvent(envelope, before);
      resourceDomain.evolve(this.state, envelope);
      this.log.push(envelope);
      return envelope;
    });
    for (const event of placed) for (const reaction of resourceDomain.react(this.state, event)) this.#react(reaction);
    return events;
  }

  #ctx(): Ctx {
    return {
      now: this.now,
      uuid: () => testUuid(500_000 + ++this.#uuids),
      actor: 'user:test',
      reason: null,
      commandId: 'test',
    };
  }
}
