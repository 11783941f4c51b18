import { randomUUID } from 'node:crypto';
import { Metadata, status } from '@grpc/grpc-js';
import { Catch } from '@nestjs/common';
import type { ArgumentsHost, RpcExceptionFilter } from '@nestjs/common';
import { RefusedError } from '@yiqiu/kernel';
import type { Logger } from 'pino';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { statusOf } from '../errors/index.ts';
import type { GrpcStatus } from '../errors/index.ts';
import { UnauthenticatedError } from './guard.ts';

/** Ends a call with its refusal; a defect is logged under a reference, and only that is told to the caller. */
@Catch()
export class GrpcErrorFilter implements RpcExceptionFilter {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  catch(exception: unknown, _host?: ArgumentsHost): Observable<never> {
    return throwError(() => this.statusOf(exception));
  }

  statusOf(exception: unknown): GrpcStatus {
    if (exception instanceof RefusedError) return statusOf(exception.error);
    if (exception instanceof UnauthenticatedError) {
      return { code: status.UNAUTHENTICATED, details: exception.message, metadata: new Metadata() };
    }
    const reference = randomUUID();
    this.#logger.error({ err: exception, reference }, 'a call failed by a defect');
    return {
      code: status.INTERNAL,
      details: `a defect of the service; its log has the cause under ${reference}`,
      metadata: new Metadata(),
    };
  }
}
