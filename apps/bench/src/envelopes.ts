import type { EventEnvelope } from '@yiqiu/kernel';

const startMs = Date.UTC(2026, 0, 1);
/** Streams that they are spread over. */
const streamsCount = 1_000;

const uuid = (n: number): string => `0190a0a0-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** `count` plausible events after `position`, of about 700 bytes each. */
export const envelopes = (position: number, count: number): EventEnvelope[] =>
  Array.from({ length: count }, (_, index) => envelope(position + index + 1));

const envelope = (position: number): EventEnvelope => {
  const counter = `c${position % streamsCount}`;
  const atMs = startMs + position;
  return {
    ...{ id: uuid(position), context: 'service', lineage: uuid(0), position },
    ...{ stream: `counter/${counter}`, revision: Math.ceil(position / streamsCount), type: 'Added', version: 1 },
    time: new Date(atMs).toISOString(),
    data: { counter, by: 1 },
    meta: {
      ...{ actor: 'user:bench', tenant: 'default', reason: null, source: null },
      ...{ commandId: uuid(position), correlationId: uuid(position), causationId: uuid(position) },
      ...{ hlc: { l: atMs, c: 0 }, seen: { machine: position, resource: position } },
    },
  };
};
