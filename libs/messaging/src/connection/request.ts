import {
  ClosedConnectionError,
  DrainingConnectionError,
  RequestError,
  TimeoutError,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
} from '@nats-io/transport-node';

/** Nobody answered, for now: asking again later is right. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  constructor(
    readonly why: 'disconnected' | 'no-responders' | 'late',
    readonly subject: string,
    options?: ErrorOptions,
  ) {
    super(`no answer on ${subject}: ${why}`, options);
  }
}

/** One request, one reply. Throws {@link NoAnswerError}; any other error is a defect or a refused subject. */
export const request = async (
  connection: NatsConnection | null,
  subject: string,
  body: Uint8Array,
  options: { readonly timeoutMs: number; readonly headers?: MsgHdrs },
): Promise<Msg> => {
  if (connection === null || connection.isClosed()) throw new NoAnswerError('disconnected', subject);
  try {
    return await connection.request(subject, body, {
      timeout: options.timeoutMs,
      ...(options.headers === undefined ? {} : { headers: options.headers }),
    });
  } catch (error) {
    if (error instanceof TimeoutError) throw new NoAnswerError('late', subject, { cause: error });
    const isEnding = connection.isClosed() || connection.isDraining();
    if (error instanceof ClosedConnectionError || error instanceof DrainingConnectionError || isEnding) {
      throw new NoAnswerError('disconnected', subject, { cause: error });
    }
    if (error instanceof RequestError && error.isNoResponders()) {
      throw new NoAnswerError('no-responders', subject, { cause: error });
    }
    throw error;
  }
};
