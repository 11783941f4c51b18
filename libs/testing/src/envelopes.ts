import {
  decodeEvent,
  encodeEvent,
  uuidV7,
  type ContextName,
  type EventEnvelope,
  type EventMeta,
  type NewEvent,
} from '@yiqiu/kernel';

/** When tests happen, ms since the epoch. */
export const testNowMs = Date.UTC(2026, 0, 1);
export const testLineage = '0190a0a0-0000-7000-8000-0000000000ff';

/** The n-th uuid of a test: a valid UUIDv7 of {@link testNowMs} that one recognises. */
export const testUuid = (n: number): string => {
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(6, n);
  return uuidV7(testNowMs, random);
};

export interface EnvelopeChoice {
  /** ms since the epoch. Default: {@link testNowMs}. */
  readonly now?: number;
  readonly meta?: Partial<EventMeta>;
}

/** Gives new events their places in one test log: positions from 1, revisions from 1 in each stream. */
export class Envelopes {
  #position = 0;
  readonly #revisions = new Map<string, number>();

  constructor(readonly context: ContextName) {}

  get position(): number {
    return this.#position;
  }

  /** Through JSON, as a log does it: what JSON drops is dropped. */
  place<T extends NewEvent>(event: T, { now = testNowMs, meta = {} }: EnvelopeChoice = {}): EventEnvelope {
    const position = this.#position + 1;
    const revision = (this.#revisions.get(event.stream) ?? 0) + 1;
    this.#position = position;
    this.#revisions.set(event.stream, revision);
    return decodeEvent(
      encodeEvent({
        ...event,
        id: testUuid(1_000_000 + position),
        context: this.context,
        lineage: testLineage,
        position,
        revision,
        time: new Date(now).toISOString(),
        meta: {
          actor: 'user:test',
          tenant: 'default',
          commandId: `command-${position}`,
          correlationId: `command-${position}`,
          causationId: `command-${position}`,
          reason: null,
          source: null,
          hlc: { l: now, c: position },
          seen: {},
          ...meta,
        },
      }),
    );
  }
}
