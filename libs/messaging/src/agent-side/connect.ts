import type { NatsConnection } from '@nats-io/transport-node';
import {
  agentSubjects,
  fetchBytesMax,
  fetchHeaders,
  helloReply,
  stateReportReply,
  syncReply,
  type FetchRequest,
  type Heartbeat,
  type Hello,
  type StateReport,
  type StepReport,
  type SyncRequest,
} from '@yiqiu/contracts';
import type { z } from 'zod';
import {
  agentBackoff,
  agentInboxPrefix,
  asError,
  dial,
  drainAndClose,
  request,
  type ConnectionStatus,
} from '../connection/index.ts';
import { decodeJson, encodeJson, MalformedMessageError } from '../wire/index.ts';
import { servePushes, type PushHandler } from './pushes.ts';
import { serveQuestions, type QuestionHandler } from './questions.ts';
import { publishReport } from './report.ts';
import { FetchRefusedError, type AgentTransport, type ConnectAgentOptions } from './transport.ts';

type LinkStatus = 'connected' | 'disconnected';

/**
 * Connects an agent. Resolves when it is connected, or after `firstConnectMs` with a transport that is disconnected and
 * goes on trying for ever. Rejects only where jwt and seed do not come together or the seed is none.
 */
export const connectAgent = async (options: ConnectAgentOptions): Promise<AgentTransport> => {
  if ((options.jwt === null) !== (options.seed === null)) throw new Error('jwt and seed of an agent come together');
  const transport = new NatsAgentTransport(options);
  await transport.firstConnection(options.firstConnectMs ?? 10_000);
  return transport;
};

class NatsAgentTransport implements AgentTransport {
  readonly #options: ConnectAgentOptions;
  readonly #requestTimeoutMs: number;
  readonly #listeners = new Set<(status: LinkStatus) => void>();
  readonly #stop = new AbortController();
  readonly #dialling: Promise<void>;
  #connection: NatsConnection | null = null;
  #status: LinkStatus = 'disconnected';
  #pushHandler: PushHandler | null = null;
  #questionHandler: QuestionHandler | null = null;

  constructor(options: ConnectAgentOptions) {
    this.#options = options;
    this.#requestTimeoutMs = options.requestTimeoutMs ?? 5_000;
    this.#dialling = this.#dial();
  }

  async firstConnection(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    await Promise.race([this.#dialling, waited]);
    clearTimeout(timer);
  }

  hello(hello: Hello) {
    return this.#ask(agentSubjects.hello(this.#options.machineUid), hello, helloReply);
  }

  heartbeat(heartbeat: Heartbeat): void {
    this.#connected()?.publish(agentSubjects.heartbeat(this.#options.machineUid), encodeJson(heartbeat));
  }

  sync(syncRequest: SyncRequest) {
    return this.#ask(agentSubjects.sync(this.#options.machineUid, syncRequest.owner), syncRequest, syncReply);
  }

  onPush(handler: PushHandler): void {
    if (this.#pushHandler !== null) throw new Error('onPush was called before: one handler takes all commands');
    this.#pushHandler = handler;
    this.#servePushes();
  }

  onQuestion(handler: QuestionHandler): void {
    if (this.#questionHandler !== null)
      throw new Error('onQuestion was called before: one handler answers all questions');
    this.#questionHandler = handler;
    this.#serveQuestions();
  }

  report(report: StepReport): Promise<void> {
    return publishReport(this.#connected(), report, this.#requestTimeoutMs);
  }

  state(report: StateReport) {
    return this.#ask(agentSubjects.state(this.#options.machineUid), report, stateReportReply);
  }

  async fetch(digest: string, offset: number): Promise<{ bytes: Uint8Array; size: number }> {
    const { machineUid, fetchTimeoutMs = 30_000 } = this.#options;
    const subject = agentSubjects.fetch(machineUid);
    const body: FetchRequest = { machineUid, digest, offset, length: fetchBytesMax };
    const reply = await request(this.#connected(), subject, encodeJson(body), { timeoutMs: fetchTimeoutMs });
    const refused = reply.headers?.get(fetchHeaders.error) ?? '';
    if (refused !== '') throw new FetchRefusedError(digest, refused);
    const size = Number(reply.headers?.get(fetchHeaders.size) ?? '');
    if (!Number.isSafeInteger(size) || size < offset + reply.data.length) {
      throw new MalformedMessageError(subject, `size ${size} with ${reply.data.length} bytes at offset ${offset}`);
    }
    return { bytes: reply.data, size };
  }

  status(): LinkStatus {
    return this.#status;
  }

  onStatus(listener: (status: LinkStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#dialling;
    if (this.#connection !== null) await drainAndClose(this.#connection);
  }

  async #dial(): Promise<void> {
    const { machineUid, jwt, seed, servers } = this.#options;
    try {
      this.#connection = await dial(
        {
          servers,
          name: `agent ${machineUid}`,
          inboxPrefix: agentInboxPrefix(machineUid),
          credentials: jwt === null || seed === null ? null : { jwt, seed },
          backoff: agentBackoff,
          onStatus: (status) => this.#changed(status),
          onProblem: (error) => this.#problem(error),
        },
        this.#stop.signal,
      );
      this.#servePushes();
      this.#serveQuestions();
    } catch (error) {
      // `dial` ends without a connection only when close() aborted it.
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  #servePushes(): void {
    if (this.#connection === null || this.#pushHandler === null) return;
    servePushes(this.#connection, this.#options.machineUid, this.#pushHandler, (error) => this.#problem(error));
  }

  #serveQuestions(): void {
    if (this.#connection === null || this.#questionHandler === null) return;
    const { machineUid } = this.#options;
    serveQuestions(this.#connection, machineUid, this.#questionHandler, (error) => this.#problem(error));
  }

  /** null without a server: a request would only wait until it is late. */
  #connected(): NatsConnection | null {
    return this.#status === 'connected' ? this.#connection : null;
  }

  async #ask<T>(subject: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const reply = await request(this.#connected(), subject, encodeJson(body), { timeoutMs: this.#requestTimeoutMs });
    return decodeJson(schema, { subject, data: reply.data });
  }

  #changed(status: ConnectionStatus): void {
    const now: LinkStatus = status === 'connected' ? 'connected' : 'disconnected';
    if (now === this.#status) return;
    this.#status = now;
    for (const listener of this.#listeners) {
      try {
        listener(now);
      } catch (error) {
        this.#problem(asError(error));
      }
    }
  }

  #problem(error: Error): void {
    this.#options.onProblem?.(error);
  }
}
