import type { AgentAnswer, AgentQuestion, CommandAccepted, CommandPush } from '@yiqiu/contracts';
import type { AgentTransport } from '@yiqiu/messaging/agent-side';
import type { FakePlatform } from './fake-platform.fixture.ts';

type Status = 'connected' | 'disconnected';

/** The agent's transport straight into a fake platform. `connect` and `disconnect` play the network. */
export class MemoryTransport implements AgentTransport {
  readonly #platform: FakePlatform;
  readonly #listeners = new Set<(status: Status) => void>();
  #handler: ((push: CommandPush) => Promise<CommandAccepted>) | null = null;
  #questions: ((question: AgentQuestion) => Promise<AgentAnswer>) | null = null;
  #status: Status = 'connected';

  constructor(platform: FakePlatform, status: Status = 'connected') {
    this.#platform = platform;
    this.#status = status;
  }

  connect(): void {
    this.#set('connected');
  }

  disconnect(): void {
    this.#set('disconnected');
  }

  hello: AgentTransport['hello'] = async (hello) => this.#ask(() => this.#platform.hello(hello));
  sync: AgentTransport['sync'] = async (request) => this.#ask(() => this.#platform.sync(request));
  report: AgentTransport['report'] = async (report) => this.#ask(() => this.#platform.report(report));
  fetch: AgentTransport['fetch'] = async (digest, offset) => this.#ask(() => this.#platform.piece(digest, offset));
  state: AgentTransport['state'] = async (report) =>
    this.#ask(() => {
      this.#platform.states.push(report);
      return { ok: true };
    });

  heartbeat: AgentTransport['heartbeat'] = (heartbeat) => {
    if (this.#status === 'connected') this.#platform.heartbeats.push(heartbeat);
  };

  onPush(handler: (push: CommandPush) => Promise<CommandAccepted>): void {
    this.#handler = handler;
    this.#bind();
  }

  onQuestion(handler: (question: AgentQuestion) => Promise<AgentAnswer>): void {
    this.#questions = handler;
    this.#bind();
  }

  status = (): Status => this.#status;

  onStatus(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#platform.deliver = null;
    this.#platform.ask = null;
  }

  async #ask<T>(answer: () => T): Promise<T> {
    if (this.#status === 'disconnected') throw new Error('nobody answers');
    return structuredClone(answer());
  }

  #set(status: Status): void {
    this.#status = status;
    this.#bind();
    for (const listener of this.#listeners) listener(status);
  }

  #bind(): void {
    const handler = this.#handler;
    const deliver = handler === null ? null : async (push: CommandPush) => handler(structuredClone(push));
    this.#platform.deliver = this.#status === 'connected' ? deliver : null;
    this.#platform.ask = this.#status === 'connected' ? this.#questions : null;
  }
}
