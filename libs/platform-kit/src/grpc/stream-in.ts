import type { ServerReadableStream } from '@grpc/grpc-js';
import { Observable } from 'rxjs';

/** Pieces that wait for the handler before the sender is held back. */
const waitingMax = 16;

/**
 * A client's stream for a handler that reads it at its own pace, where Nest's own way buffers without bound. Use it as the
 * handler's result, without `async` (Nest lets pieces through only once the handler has returned, so one that awaits them
 * waits for ever): `return streamIn(pieces, call, async (items) => { for await (const item of items) … })`.
 * The items end early, without an error, where the caller is gone: look at `call.cancelled` before an effect.
 */
export const streamIn = <Request, Response>(
  pieces: Observable<Request>,
  call: ServerReadableStream<Request, Response>,
  handle: (items: AsyncIterable<Request>) => Promise<Response>,
): Observable<Response> => {
  const items = new Waiting<Request>(call);
  const subscription = pieces.subscribe({
    next: (item) => items.push(item),
    error: (error: unknown) => items.end(error),
    complete: () => items.end(null),
  });
  const answer = handle(items).finally(() => {
    subscription.unsubscribe();
    call.resume();
  });
  return new Observable((subscriber) => {
    answer.then(
      (response) => {
        subscriber.next(response);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
  });
};

/** What arrived and was not read yet; holds the sender back. */
class Waiting<T> implements AsyncIterable<T> {
  readonly #call: { pause(): unknown; resume(): unknown };
  readonly #items: T[] = [];
  #ended = false;
  #error: unknown = null;
  #wake: () => void = () => undefined;

  constructor(call: { pause(): unknown; resume(): unknown }) {
    this.#call = call;
  }

  push(item: T): void {
    this.#items.push(item);
    if (this.#items.length >= waitingMax) this.#call.pause();
    this.#wake();
  }

  end(error: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) {
        if (this.#items.length === 0) this.#call.resume();
        yield item;
      } else if (this.#error !== null) {
        throw this.#error;
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
