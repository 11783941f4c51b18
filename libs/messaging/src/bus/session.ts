import {
  AckPolicy,
  DeliverPolicy,
  jetstream,
  type ConsumerMessages,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos, nuid, type NatsConnection } from '@nats-io/transport-node';
import { eventStream } from '@yiqiu/contracts';
import type { ContextName } from '@yiqiu/kernel';

/** Messages asked for at once: what waits here while the caller works. */
const batchMessagesMax = 128;
/** How long one request for messages stands, ms. Two heartbeats of half of it missed end the session. */
const batchWaitMs = 5_000;
/** After so long without a request the server forgets the consumer, ms. */
const forgottenAfterMs = 120_000;

/**
 * One reading of a stream from a sequence on, in order, through an ephemeral consumer of its own. Ends when the signal
 * aborts; throws when anything is not as it should be (a message is missing, consumer, stream or server went away). The
 * caller then opens another one: the library's own ordered consumer would go on from its old sequence even in a stream
 * that was made anew, and wait there for ever.
 */
export async function* readStream(
  connection: NatsConnection,
  manager: JetStreamManager,
  context: ContextName,
  startSeq: number,
  signal: AbortSignal,
): AsyncGenerator<JsMsg> {
  const stream = eventStream(context).name;
  const info = await manager.consumers.add(stream, {
    name: `read-${nuid.next()}`,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: startSeq,
    ack_policy: AckPolicy.None,
    max_deliver: 1,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: nanos(forgottenAfterMs),
  });
  const consumer = jetstream(connection).consumers.getConsumerFromInfo(info);
  let delivered = 0;
  let batch: ConsumerMessages | null = null;
  const stop = () => batch?.stop();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      batch = await consumer.fetch({ max_messages: batchMessagesMax, expires: batchWaitMs });
      if (signal.aborted) stop();
      for await (const message of batch) {
        delivered += 1;
        if (message.info.deliverySequence !== delivered) {
          throw new Error(`${stream}: delivery ${message.info.deliverySequence} came where ${delivered} was due`);
        }
        yield message;
        if (signal.aborted) return;
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    // Best effort: the server forgets it by itself.
    void manager.consumers.delete(stream, info.name).catch(() => undefined);
  }
}
