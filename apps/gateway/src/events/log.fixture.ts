import { Controller, Module } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { log } from '@yiqiu/contracts/grpc';
import type { ContextName } from '@yiqiu/kernel';
import { startService, type Address, type Logger, type RunningService } from '@yiqiu/platform-kit';
import { Observable } from 'rxjs';

type Sink = (event: log.StoredEvent) => void;

/** A context's log of which a test says what is in it, when, and how far its clock is. Behind a real gRPC server. */
export class FakeLog {
  readonly events: log.StoredEvent[] = [];
  readonly #followers = new Set<Sink>();
  closed = { l: 0, c: 0 };
  #running: RunningService | null = null;

  constructor(
    readonly context: ContextName,
    private readonly address: Address,
    private readonly secret: string,
    private readonly logger: Logger,
  ) {}

  get followers(): number {
    return this.#followers.size;
  }

  /** `hlc.l` is the number by which the test knows it. */
  append(l: number, { type = 'Happened', c = 0 }: { readonly type?: string; readonly c?: number } = {}): void {
    const position = this.events.length + 1;
    const body = {
      id: `${this.context}-${position}`,
      context: this.context,
      lineage: 'lineage',
      position,
      stream: `thing/${this.context}`,
      revision: position,
      type,
      version: 1,
      time: new Date(l).toISOString(),
      data: { l },
      meta: { hlc: { l, c } },
    };
    const stored = { position, body: JSON.stringify(body) };
    this.events.push(stored);
    for (const follower of this.#followers) follower(stored);
  }

  async start(): Promise<void> {
    const controller = controllerOf(this, this.#followers);
    @Module({ controllers: [controller] })
    class FakeModule {}
    this.#running = await startService({
      name: `fake-${this.context}`,
      module: FakeModule,
      grpcBind: this.address,
      httpBind: { host: '127.0.0.1', port: 0 },
      secret: this.secret,
      services: { 'yiqiu.log.v1.EventLogService': log.EventLogServiceService },
      logger: this.logger,
    });
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.stop();
  }
}

const controllerOf = (fake: FakeLog, followers: Set<Sink>) => {
  @Controller()
  class FakeController {
    @GrpcMethod('EventLogService', 'read')
    read({ fromPosition, follow, limit, backwards }: log.ReadRequest): Observable<log.StoredEvent> {
      return new Observable((subscriber) => {
        const ordered = backwards ? fake.events.toReversed() : fake.events;
        const fits = ({ position }: log.StoredEvent): boolean =>
          backwards ? fromPosition === 0 || position <= fromPosition : position >= fromPosition;
        const found = ordered.filter(fits);
        for (const event of limit > 0 ? found.slice(0, limit) : found) subscriber.next(event);
        if (!follow) return subscriber.complete();
        const sink: Sink = (event) => subscriber.next(event);
        followers.add(sink);
        return () => followers.delete(sink);
      });
    }

    @GrpcMethod('EventLogService', 'head')
    head(): log.HeadResponse {
      const { l, c } = fake.closed;
      const position = fake.events.length;
      return { context: fake.context, lineage: 'lineage', position, epoch: 1, closedL: l, closedC: c, halts: [] };
    }
  }
  return FakeController;
};
