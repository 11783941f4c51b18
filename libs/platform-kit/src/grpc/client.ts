import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { CallOptions as GrpcCallOptions, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { RefusedError } from '@yiqiu/kernel';
import { addressText } from '../config/index.ts';
import type { Address } from '../config/index.ts';
import { errorOfStatus } from '../errors/index.ts';
import { backoffMs } from './backoff.ts';
import { channelOptions } from './limits.ts';
import { bearer, secretKey } from './secret.ts';

/** A method of a generated service definition. */
export interface Method<Request, Response, RequestStream extends boolean, ResponseStream extends boolean> {
  readonly path: string;
  readonly requestStream: RequestStream;
  readonly responseStream: ResponseStream;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

export interface CallOptions {
  /** The whole call, retries included, ms; 10,000 where absent. */
  readonly deadlineMs?: number;
  /** May be sent again where the peer was UNAVAILABLE: queries, and changes that carry a command id. False where absent. */
  readonly idempotent?: boolean;
  readonly signal?: AbortSignal;
}

export interface StreamOptions {
  /** The whole stream, retries included, ms; unbounded where absent (a follower), so give a signal then. */
  readonly deadlineMs?: number;
  /** May be begun again where the peer was UNAVAILABLE before its first item. False where absent. */
  readonly idempotent?: boolean;
  readonly signal?: AbortSignal;
}

export const callDeadlineMs = 10_000;

export interface GrpcPeerOptions {
  readonly address: Address;
  /** What the platform's processes share. */
  readonly secret: string;
}

/**
 * A peer's services over one channel, by their generated definitions:
 * `peer.call(resource.ResourceServiceService.listPackages, request, { idempotent: true })`. Refusals are thrown as
 * RefusedError exactly as the peer made them; `unavailable` where it cannot be reached or is late; defects as grpc-js throws them.
 */
export class GrpcPeer {
  readonly #client: Client;
  readonly #secret: string;

  constructor({ address, secret }: GrpcPeerOptions) {
    this.#secret = secret;
    this.#client = new Client(addressText(address), credentials.createInsecure(), {
      ...channelOptions,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 2_000,
    });
  }

  async call<Request, Response>(
    method: Method<Request, Response, false, false>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    const until = Date.now() + (options.deadlineMs ?? callDeadlineMs);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#once(method, request, until, options.signal);
      } catch (failure) {
        const waitMs = backoffMs(attempt, Math.random());
        const again = mayTryAgain(failure, options.idempotent === true, options.signal);
        if (!again || Date.now() + waitMs >= until) throw refusedOr(failure);
        await delay(waitMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
      }
    }
  }

  /** A server's stream, at the reader's pace; leaving the loop cancels it. */
  async *stream<Request, Response>(
    method: Method<Request, Response, false, true>,
    request: Request,
    options: StreamOptions = {},
  ): AsyncGenerator<Response, void, void> {
    const { deadlineMs, idempotent = false, signal } = options;
    const until = deadlineMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + deadlineMs;
    for (let attempt = 0; ; attempt++) {
      let begun = false;
      try {
        for await (const item of this.#streamOnce(method, request, until, signal)) {
          begun = true;
          yield item;
        }
        return;
      } catch (failure) {
        if (signal?.aborted === true && isServiceError(failure) && failure.code === status.CANCELLED) return;
        const waitMs = backoffMs(attempt, Math.random());
        if (begun || !mayTryAgain(failure, idempotent, signal) || Date.now() + waitMs >= until)
          throw refusedOr(failure);
        await delay(waitMs);
        if (signal?.aborted === true) return;
      }
    }
  }

  async *#streamOnce<Request, Response>(
    method: Method<Request, Response, false, true>,
    request: Request,
    until: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Response, void, void> {
    const call: ClientReadableStream<Response> = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      this.#metadata(),
      Number.isFinite(until) ? { deadline: until } : {},
    );
    const cancel = (): void => call.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    try {
      for await (const item of call as AsyncIterable<Response>) yield item;
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancel();
    }
  }

  /** A client's stream, at the peer's pace. */
  async upload<Request, Response>(
    method: Method<Request, Response, true, false>,
    requests: AsyncIterable<Request> | Iterable<Request>,
    options: StreamOptions = {},
  ): Promise<Response> {
    const answer = Promise.withResolvers<Response>();
    const call = this.#client.makeClientStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      this.#metadata(),
      deadlineOf(options.deadlineMs ?? callDeadlineMs),
      (failure, response) => {
        if (failure !== null) answer.reject(refusedOr(failure));
        else if (response === undefined) answer.reject(new Error(`${method.path} ended without an answer`));
        else answer.resolve(response);
      },
    );
    const cancel = (): void => call.cancel();
    options.signal?.addEventListener('abort', cancel, { once: true });
    let ended = false;
    const settled = answer.promise.then(
      () => void (ended = true),
      () => void (ended = true),
    );
    try {
      for await (const request of requests) {
        if (ended) break;
        if (!call.write(request)) await Promise.race([new Promise((resolve) => call.once('drain', resolve)), settled]);
      }
      call.end();
      return await answer.promise;
    } catch (failure) {
      cancel();
      throw failure;
    } finally {
      options.signal?.removeEventListener('abort', cancel);
    }
  }

  close(): void {
    this.#client.close();
  }

  #once<Request, Response>(
    method: Method<Request, Response, false, false>,
    request: Request,
    until: number,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        this.#metadata(),
        { deadline: until },
        (failure, response) => {
          signal?.removeEventListener('abort', cancel);
          if (failure !== null) reject(failure);
          else if (response === undefined) reject(new Error(`${method.path} ended without an answer`));
          else resolve(response);
        },
      );
      const cancel = (): void => call.cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      if (signal?.aborted === true) cancel();
    });
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    metadata.set(secretKey, bearer(this.#secret));
    return metadata;
  }
}

const deadlineOf = (deadlineMs: number | undefined): GrpcCallOptions =>
  deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };

const mayTryAgain = (failure: unknown, idempotent: boolean, signal: AbortSignal | undefined): boolean =>
  idempotent && signal?.aborted !== true && isServiceError(failure) && failure.code === status.UNAVAILABLE;

const isServiceError = (failure: unknown): failure is ServiceError =>
  failure instanceof Error &&
  'code' in failure &&
  typeof failure.code === 'number' &&
  'details' in failure &&
  typeof failure.details === 'string';

const refusedOr = (failure: unknown): unknown => {
  const error = isServiceError(failure) ? errorOfStatus(failure) : null;
  return error === null ? failure : new RefusedError(error);
};
