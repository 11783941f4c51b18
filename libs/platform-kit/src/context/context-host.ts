import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Command, NewEvent } from '@yiqiu/kernel';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Readiness } from '../health/index.ts';
import { observeRuntime } from './metrics.ts';
import type { OpenedContext } from './open.ts';

/**
 * A context from the process's start to its end. It starts beside gRPC, which answers `unavailable` until it leads. At the
 * end modules stop what they do with it first (`onModuleDestroy`), then it stores, publishes and gives up its lease
 * (`beforeApplicationShutdown`), then NATS, the peers and the log are closed (`onApplicationShutdown`).
 */
export class ContextHost<S, C extends Command, E extends NewEvent>
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #opened: OpenedContext<S, C, E>;
  readonly #logger: Logger;

  constructor(opened: OpenedContext<S, C, E>, logger: Logger, readiness: Readiness, metrics: Registry) {
    this.#opened = opened;
    this.#logger = logger;
    const { runtime, nats } = opened;
    readiness.add({
      name: 'context',
      check: () => {
        const { phase, message } = runtime.status();
        return phase === 'leading' ? null : `it is ${phase}${message === null ? '' : `: ${message}`}`;
      },
    });
    readiness.add({
      name: 'nats',
      check: () => (nats.status() === 'connected' ? null : `NATS is ${nats.status()}`),
    });
    observeRuntime(runtime, metrics);
  }

  onApplicationBootstrap(): void {
    const { runtime } = this.#opened;
    runtime.start().then(
      () => this.#logger.info({ ...runtime.status() }, 'context'),
      (error: unknown) => this.#logger.fatal({ err: error }, 'the context could not start'),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#opened.runtime.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#opened.close();
  }
}
