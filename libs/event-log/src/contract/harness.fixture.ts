import { hlcZero, type ContextName, type EventEnvelope, type JsonObject } from '@yiqiu/kernel';
import { encodeForLog } from '../encode.ts';
import type { Batch, EncodedEvent, EventLog, StoredEvent } from '../port.ts';

/** A new, empty log of context `service`, and the ways to it that only its adapter knows. */
export interface LogUnderTest {
  readonly log: EventLog;
  /** Another handle on the same log, as another process has. `stop` closes it too. */
  another(): Promise<EventLog>;
  /** Removes an event behind the log's back. */
  lose(position: number): Promise<void>;
  /** The leaf hash as it is stored. */
  leafAt(position: number): Promise<Uint8Array>;
  stop(): Promise<void>;
}

export type StartLog = () => Promise<LogUnderTest>;

export const context: ContextName = 'service';
export const startMs = Date.UTC(2026, 0, 1);
/** Events of the tests are this far apart. */
export const stepMs = 1_000;

export interface EventChoice {
  readonly stream?: string;
  readonly type?: string;
  readonly data?: JsonObject;
}

/** A plausible event in its place. Its time follows from its position. */
export const envelope = (
  position: number,
  { stream = 'unit/u1', type = 'UnitReady', data = {} }: EventChoice = {},
): EventEnvelope => ({
  id: `0190a0a0-0000-7000-8000-${String(position).padStart(12, '0')}`,
  context,
  lineage: '0190a0a0-0000-7000-8000-00000000abcd',
  position,
  stream,
  revision: position,
  type,
  version: 1,
  time: new Date(startMs + position * stepMs).toISOString(),
  data,
  meta: {
    actor: 'user:admin',
    tenant: 'default',
    commandId: `c${position}`,
    correlationId: `c${position}`,
    causationId: `c${position}`,
    reason: null,
    source: null,
    hlc: { l: startMs + position * stepMs, c: 0 },
    seen: {},
  },
});

export const encoded = (position: number, choice?: EventChoice): EncodedEvent =>
  encodeForLog(envelope(position, choice));

/** `count` events after `position`. */
export const encodedAfter = (
  position: number,
  count: number,
  choose: (position: number) => EventChoice = () => ({}),
): EncodedEvent[] =>
  Array.from({ length: count }, (_unused, index) => encoded(position + 1 + index, choose(position + 1 + index)));

export const batch = (events: readonly EncodedEvent[], more: Partial<Batch> = {}): Batch => ({
  events,
  commands: [],
  cursors: {},
  closed: hlcZero,
  ...more,
});

/** Takes over and appends `count` events in batches; gives the epoch. */
export const fill = async (
  log: EventLog,
  count: number,
  choose?: (position: number) => EventChoice,
  batchSize = 1_000,
): Promise<number> => {
  const { epoch, position } = await log.takeOver();
  for (let done = 0; done < count; done += batchSize) {
    const events = encodedAfter(position + done, Math.min(batchSize, count - done), choose);
    const result = await log.append(position + done, epoch, batch(events));
    if (result.outcome !== 'appended') throw new Error(`append gave ${result.outcome}`);
  }
  return epoch;
};

export const collect = async (events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> => {
  const all: StoredEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

export const positionsOf = async (events: AsyncIterable<StoredEvent>): Promise<number[]> =>
  (await collect(events)).map(({ position }) => position);

export const range = (from: number, to: number): number[] => {
  const step = from <= to ? 1 : -1;
  return Array.from({ length: Math.abs(to - from) + 1 }, (_unused, index) => from + step * index);
};
