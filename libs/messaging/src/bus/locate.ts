import type { JetStreamManager } from '@nats-io/jetstream';
import { eventStream } from '@yiqiu/contracts';
import type { ContextName } from '@yiqiu/kernel';
import { readPlace } from './message.ts';
import { messageAt, streamEnd } from './stream-end.ts';

/**
 * The sequence in the stream to read from for all events after a position. Within one life of a stream and one lineage,
 * sequence and position differ by a constant, which its last event tells and the header at the result confirms. Where it
 * does not, the first message: too much is delivered then, never too little. null where the stream is not there.
 */
export const locate = async (
  manager: JetStreamManager,
  context: ContextName,
  afterPosition: number,
): Promise<number | null> => {
  const end = await streamEnd(manager, context);
  if (end === null) return null;
  const first = Math.max(1, end.firstSeq);
  if (end.last === null || afterPosition > end.last.position) return first;
  const wanted = afterPosition + 1 + (end.last.seq - end.last.position);
  if (afterPosition === end.last.position) return wanted;
  if (wanted <= first) return first;
  const found = readPlace((await messageAt(manager, eventStream(context).name, wanted))?.header);
  return found?.position === afterPosition + 1 && found.lineage === end.last.lineage ? wanted : first;
};
