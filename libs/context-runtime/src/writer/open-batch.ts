import type { Command, ContextDomain, ContextName, DomainError, EventEnvelope, Ids, NewEvent } from '@yiqiu/kernel';
import { hlcReceive, hlcTick, refusal, RefusedError } from '@yiqiu/kernel';
import type { CommandRow, Cursors, EncodedEvent } from '@yiqiu/event-log';
import type { Memory } from '../memory/index.ts';
import type { Submitted } from '../port.ts';
import { asError, type Reports } from '../reports.ts';
import type { InFlight } from './appender.ts';
import { answering, Decider } from './decider.ts';
import { EvolveFailedError } from './errors.ts';
import type { AdoptItem, CommandItem, ForeignItem } from './item.ts';

export type Answer =
  { readonly ok: true; readonly submitted: Submitted } | { readonly ok: false; readonly error: Error };

/** What somebody is told once the batch is durable. */
export interface Waiting<C extends Command> {
  readonly item: CommandItem<C>;
  readonly answer: Answer;
}

export type Reacted = { readonly ok: true } | { readonly ok: false; readonly clean: boolean; readonly error: Error };

export interface OpenBatchOptions<S, C extends Command, E extends NewEvent> {
  readonly domain: ContextDomain<S, C, E>;
  readonly memory: Memory<S>;
  readonly ids: Ids;
  readonly reports: Reports;
  readonly tenant: string;
  readonly nowMs: number;
}

/** A batch while it is decided. Its time is one for all its events; their hybrid timestamps tell them apart. */
export class OpenBatch<S, C extends Command, E extends NewEvent> {
  readonly expectedPosition: number;
  readonly events: EncodedEvent[] = [];
  readonly envelopes: EventEnvelope[] = [];
  readonly commands: CommandRow[] = [];
  readonly waiting: Waiting<C>[] = [];
  readonly adopted: AdoptItem[] = [];
  readonly ids = new Map<string, Waiting<C>>();
  bytes = 0;
  cursors: Cursors = {};
  #saves = false;
  readonly #options: OpenBatchOptions<S, C, E>;
  readonly #decider: Decider<S, C, E>;

  constructor(options: OpenBatchOptions<S, C, E>) {
    this.#options = options;
    this.expectedPosition = options.memory.position;
    this.#decider = new Decider({
      ...options,
      push: (placed, bytes) => {
        for (const { encoded, event } of placed) {
          this.events.push(encoded);
          this.envelopes.push(event);
        }
        this.bytes += bytes;
      },
    });
  }

  /** Decides a command that is not in the log under this id. */
  decide(item: CommandItem<C>): void {
    const { memory, tenant, nowMs } = this.#options;
    const { meta } = item;
    const before = memory.position;
    const outcome = this.#decider.decide(item.command, {
      commandId: meta.commandId,
      actor: meta.actor,
      reason: meta.reason ?? null,
      tenant,
      correlationId: meta.correlationId ?? meta.commandId,
      causationId: meta.causationId ?? meta.commandId,
      source: null,
    });
    if (!outcome.ok) return this.refuse(item, outcome.error);
    const empty = memory.position === before;
    this.commands.push({
      id: meta.commandId,
      fingerprint: item.fingerprint,
      first: empty ? null : before + 1,
      last: empty ? null : memory.position,
      answer: outcome.answerText,
      atMs: nowMs,
    });
    this.#wait(item, { ok: true, submitted: { answer: outcome.answer, position: memory.position, replayed: false } });
  }

  refuse(item: CommandItem<C>, error: DomainError): void {
    this.#wait(item, { ok: false, error: new RefusedError(error) });
  }

  /** The answer that the log has under this id, or the refusal where it belongs to another command. */
  replay(item: CommandItem<C>, row: CommandRow): void {
    this.answerLike(item, row.fingerprint, () => replayed(row, this.#options.memory.position));
  }

  /** The answer that another request of this id gets, in this batch or in one on its way. */
  repeat(item: CommandItem<C>, first: Waiting<C>): void {
    this.answerLike(item, first.item.fingerprint, () => {
      const { answer } = first;
      return answer.ok ? { ok: true, submitted: { ...answer.submitted, replayed: true } } : answer;
    });
  }

  answerLike(item: CommandItem<C>, fingerprint: string, answer: () => Answer): void {
    if (fingerprint === item.fingerprint) this.waiting.push({ item, answer: answer() });
    else this.waiting.push({ item, answer: { ok: false, error: new RefusedError(reused(item.meta.commandId)) } });
  }

  /**
   * All commands of a foreign event, and its cursor, in this batch. Where its table says halt, `clean` tells whether memory
   * is as before. An event up to the cursor is dropped, one beyond the next is not taken. Throws EvolveFailedError.
   */
  react(item: ForeignItem): Reacted {
    const { domain, memory, nowMs } = this.#options;
    const { position, cursors } = memory;
    const at = cursors[item.context];
    if (at?.lineage === item.lineage && item.position <= at.position) return { ok: true };
    const wrong = outOfTurn(item, at);
    if (wrong !== null) return { ok: false, clean: true, error: wrong };
    const ownCursors = this.cursors;
    memory.hlc = hlcReceive(memory.hlc, item.hlc, nowMs);
    this.#moveCursor(item.context, item.position, item.lineage);
    const reactor = item.event === null ? undefined : domain.reactors[item.context];
    if (item.event === null || reactor === undefined) return { ok: true };
    const source = { context: item.context, position: item.position };
    try {
      for (const [n, reaction] of reactor.react(memory.state, item.event).entries()) {
        this.#decider.decideReaction(reaction, answering(item.event, n, domain.context, source));
      }
      return { ok: true };
    } catch (error) {
      if (error instanceof EvolveFailedError) throw error;
      memory.setCursors(cursors);
      this.cursors = ownCursors;
      return { ok: false, clean: memory.position === position, error: asError(error) };
    }
  }

  adopt(item: AdoptItem): void {
    this.#moveCursor(item.context, item.position, item.lineage);
    this.adopted.push(item);
  }

  /** The context's own command at its deadline; answers whether it caused anything. */
  tick(): 'idle' | 'done' | DomainError {
    const { domain, memory, nowMs, tenant } = this.#options;
    const command = domain.tick(memory.state, nowMs);
    if (command === null) return 'idle';
    const commandId = `${memory.lineage}:${memory.position}@${nowMs}`;
    const origin = {
      commandId,
      actor: `system:${domain.context}`,
      reason: null,
      tenant,
      correlationId: commandId,
      causationId: commandId,
      source: null,
    };
    const before = memory.position;
    const outcome = this.#decider.decide(command, origin);
    if (!outcome.ok) return outcome.error;
    return memory.position > before
      ? 'done'
      : refusal('conflict', 'tick-without-effect', `${command.type} was due and caused nothing`);
  }

  /** Has the batch stored also where nothing else is in it. */
  save(): void {
    this.#saves = true;
  }

  /** Nothing more goes in. Moves the promise about later timestamps, also where nothing happened. */
  close(): InFlight<C> {
    const { memory, nowMs } = this.#options;
    const { expectedPosition, events, envelopes, commands, cursors, waiting, adopted, ids } = this;
    const stores = this.#saves || events.length > 0 || commands.length > 0 || Object.keys(cursors).length > 0;
    if (stores && events.length === 0) memory.hlc = hlcTick(memory.hlc, nowMs);
    const toStore = stores ? { events, commands, cursors, closed: memory.hlc } : null;
    return { expectedPosition, toStore, envelopes, waiting, adopted, ids };
  }

  #wait(item: CommandItem<C>, answer: Answer): void {
    const waiting: Waiting<C> = { item, answer };
    this.waiting.push(waiting);
    this.ids.set(item.meta.commandId, waiting);
  }

  #moveCursor(context: ContextName, position: number, lineage: string): void {
    this.#options.memory.moveCursor(context, position, lineage);
    this.cursors = { ...this.cursors, [context]: { position, lineage } };
  }
}

/** The recorded answer. `position` is that of the command's last event, or where the log stands for one without events. */
export const replayed = (row: CommandRow, position: number): Answer => ({
  ok: true,
  submitted: { answer: JSON.parse(row.answer), position: row.last ?? position, replayed: true },
});

/** The last guard of "each once and in order": the consumer sees to it that this is never met. */
const outOfTurn = (
  item: ForeignItem,
  at: { readonly position: number; readonly lineage: string } | undefined,
): Error | null => {
  const next = (at?.position ?? 0) + 1;
  if (item.position === next && (at === undefined || at.lineage === item.lineage)) return null;
  return new Error(
    `${item.context} position ${item.position} of lineage ${item.lineage} came where ${next} of ${at?.lineage ?? 'any'} belongs`,
  );
};

const reused = (id: string): DomainError =>
  refusal(
    'invalid',
    'command-id-reused',
    `command id ${JSON.stringify(id)} belongs to another command; an id is used for one command only`,
  );
