import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream';
import { eventStream } from '@yiqiu/contracts';
import type { ContextName } from '@yiqiu/kernel';
import { isStreamMissing } from '../streams.ts';
import { readPlace, type EventPlace } from './message.ts';

/** Foreign messages at the end of a stream that are stepped over to find the last event. */
const foreignStepsMax = 1_000;

export interface StreamEnd {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The last event and where it stands; null where the stream holds none. */
  readonly last: (EventPlace & { readonly seq: number }) | null;
}

/** null where the stream is not there. Rejects where JetStream does not answer. */
export const streamEnd = async (manager: JetStreamManager, context: ContextName): Promise<StreamEnd | null> => {
  const { name } = eventStream(context);
  let state;
  try {
    ({ state } = await manager.streams.info(name));
  } catch (error) {
    if (isStreamMissing(error)) return null;
    throw error;
  }
  const { first_seq: firstSeq, last_seq: lastSeq } = state;
  if (state.messages > 0) {
    const lowest = Math.max(firstSeq, lastSeq - foreignStepsMax);
    for (let seq = lastSeq; seq >= lowest; seq--) {
      const place = readPlace((await messageAt(manager, name, seq))?.header);
      if (place !== null) return { firstSeq, lastSeq, last: { ...place, seq } };
    }
  }
  return { firstSeq, lastSeq, last: null };
};

export const messageAt = (manager: JetStreamManager, stream: string, seq: number): Promise<StoredMsg | null> =>
  manager.streams.getMessage(stream, { seq });
