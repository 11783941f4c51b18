import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineContextEvent, ServiceContextEvent } from '@yiqiu/contracts';
import { log as logStubs } from '@yiqiu/contracts/grpc';
import { decodeEvent, encodeEvent } from '@yiqiu/kernel';
import type { EventEnvelope } from '@yiqiu/kernel';
import { connectNats, NatsEventBus } from '@yiqiu/messaging';
import type { NatsLink, OutgoingEvent } from '@yiqiu/messaging';
import { createLogger, GrpcPeer, readConfig } from '@yiqiu/platform-kit';
import type { RunningService } from '@yiqiu/platform-kit';
import { Envelopes, freePort, startNats, startPostgres, tempDir, waitFor } from '@yiqiu/testing';
import type { TempDir, TestNats, TestPostgres } from '@yiqiu/testing';
import { resourcePlatformSettings } from './config.ts';
import { startResourcePlatform } from './start.ts';

type ForeignEvent = MachineContextEvent | ServiceContextEvent;
type Foreign = 'machine' | 'service';

const secret = 's'.repeat(40);
const { read } = logStubs.EventLogServiceService;

/** The service on the real PostgreSQL and NATS, and the two contexts that it listens to, which a test speaks for. */
export class Rig {
  readonly peer: GrpcPeer;
  readonly link: NatsLink;
  readonly bus: NatsEventBus;
  #service: RunningService;
  readonly #envelopes = { machine: new Envelopes('machine'), service: new Envelopes('service') };
  readonly #told: { readonly [context in Foreign]: OutgoingEvent[] } = { machine: [], service: [] };

  private constructor(
    readonly postgres: TestPostgres,
    readonly nats: TestNats,
    readonly files: TempDir,
    readonly databaseUrl: string,
    readonly port: number,
    link: NatsLink,
    service: RunningService,
  ) {
    this.link = link;
    this.bus = new NatsEventBus(link);
    this.#service = service;
    this.peer = new GrpcPeer({ address: { host: '127.0.0.1', port }, secret });
  }

  static async start(): Promise<Rig> {
    const files = tempDir();
    const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
    const databaseUrl = await postgres.createDatabase();
    const port = await freePort();
    const service = await startService({ files, databaseUrl, natsUrl: nats.url, port });
    const link = await connectNats({ name: 'test', servers: nats.url, credentials: null });
    return new Rig(postgres, nats, files, databaseUrl, port, link, service);
  }

  async stop(): Promise<void> {
    this.peer.close();
    await this.link.close();
    await this.#service.stop();
    await Promise.all([this.postgres.stop(), this.nats.stop()]);
    this.files.remove();
  }

  /** Ends the service and starts it again on the same log. */
  async restart(): Promise<void> {
    const { files, databaseUrl, port, nats } = this;
    await this.#service.stop();
    this.#service = await startService({ files, databaseUrl, natsUrl: nats.url, port });
  }

  /** What another context says next. */
  async tell(context: Foreign, ...events: readonly ForeignEvent[]): Promise<void> {
    const placed = events.map((event) => this.#envelopes[context].place(event));
    const outgoing = placed.map((event) => ({
      position: event.position,
      lineage: event.lineage,
      body: encodeEvent(event),
      stream: event.stream,
      type: event.type,
    }));
    this.#told[context].push(...outgoing);
    await this.bus.publish(context, outgoing);
  }

  /** All that a context has said so far, in its order. */
  told(context: Foreign): readonly OutgoingEvent[] {
    return this.#told[context];
  }

  /** The service's whole log. */
  async events(): Promise<EventEnvelope[]> {
    const all: EventEnvelope[] = [];
    const request = logStubs.ReadRequest.fromPartial({ fromPosition: 1 });
    for await (const { body } of this.peer.stream(read, request, { deadlineMs: 10_000 })) all.push(decodeEvent(body));
    return all;
  }
}

interface Where {
  readonly files: TempDir;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly port: number;
}

const startService = async ({ files, databaseUrl, natsUrl, port }: Where): Promise<RunningService> => {
  const secretFile = join(files.path, 'secret');
  writeFileSync(secretFile, secret, { mode: 0o600 });
  const config = readConfig(resourcePlatformSettings, {
    env: {
      YIQIU_DATABASE_URL: databaseUrl,
      YIQIU_NATS_URL: natsUrl,
      YIQIU_SECRET_FILE: secretFile,
      YIQIU_TIMING: 'local',
      YIQIU_GRPC_BIND: `127.0.0.1:${port}`,
      YIQIU_HTTP_BIND: '127.0.0.1:0',
      YIQIU_MACHINE_MANAGER: '127.0.0.1:9',
      YIQIU_SERVICE_PLATFORM: '127.0.0.1:9',
    },
  });
  const running = await startResourcePlatform(config, createLogger({ name: 'resource-platform', level: 'silent' }));
  await waitFor(() => running.readiness.report().ready, { deadlineMs: 30_000, what: 'the service to be ready' });
  return running;
};
