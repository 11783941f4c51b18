import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { RefusedError } from '@yiqiu/kernel';
import { Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { tap } from 'rxjs';
import type { Observable } from 'rxjs';

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `yiqiu_grpc_seconds{method, outcome}`: how long calls took; outcome is `ok`, a refusal's kind, or `defect`. */
export class GrpcMetrics implements NestInterceptor {
  readonly #seconds: Histogram<'method' | 'outcome'>;

  constructor(registry: Registry) {
    this.#seconds = new Histogram({
      name: 'yiqiu_grpc_seconds',
      help: 'duration of gRPC calls served',
      labelNames: ['method', 'outcome'],
      buckets: secondsBuckets,
      registers: [registry],
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const method = context.getHandler().name;
    const startedAt = performance.now();
    const done = (outcome: string): void =>
      this.#seconds.observe({ method, outcome }, (performance.now() - startedAt) / 1_000);
    return next.handle().pipe(
      tap({
        complete: () => done('ok'),
        error: (error: unknown) => done(error instanceof RefusedError ? error.error.kind : 'defect'),
      }),
    );
  }
}
