import type { Command, EventEnvelope } from '@yiqiu/kernel';
import { nodeHost, type Host } from '../host/index.ts';
import { asError } from '../reports.ts';
import type { AgentLinkOptions } from './port.ts';
import { AgentLinkSession } from './session.ts';

/** How often it is looked whether the context leads, ms. Correctness does not hang on it: who does not lead is refused by the runtime. */
const lookEveryMs = 200;

/**
 * Connects a context's outbox for agents with the agents: pushes what waits when a queue changes, answers pulls, and turns
 * reports into commands, each effective once. Works while the context leads, and again after each change of leader, of
 * NATS, or of this process.
 */
export class AgentLinkRunner<S, C extends Command, R> {
  readonly #options: AgentLinkOptions<S, C, R>;
  readonly #host: Host;
  #session: { readonly epoch: number; readonly link: AgentLinkSession<S, C, R> } | null = null;
  /** The epoch to serve in; null: none. */
  #wanted: number | null = null;
  #changing: Promise<void> = Promise.resolve();
  #running = false;
  #endTimer: () => void = () => undefined;
  #endListener: () => void = () => undefined;

  constructor(options: AgentLinkOptions<S, C, R>) {
    this.#options = options;
    this.#host = options.host ?? nodeHost();
  }

  /** True while agents are served. */
  get serving(): boolean {
    return this.#session !== null;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#endListener = this.#options.runtime.onCommitted((events) => this.#committed(events));
    this.#look();
  }

  /** Resolves when what was under way is answered, sent or given back. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#endTimer();
    this.#endListener();
    this.#want(null);
    await this.#changing;
  }

  #committed(events: readonly EventEnvelope[]): void {
    const session = this.#session;
    if (session === null) return;
    for (const event of events) {
      const machineUid = this.#options.domain.touched(event);
      if (machineUid !== null) session.link.touch(machineUid);
    }
  }

  #look(): void {
    const { phase, epoch } = this.#options.runtime.status();
    this.#want(phase === 'leading' ? epoch : null);
    this.#endTimer = this.#host.timers.after(lookEveryMs, () => this.#look());
  }

  /** A session ends before the next one begins. */
  #want(epoch: number | null): void {
    if (epoch === this.#wanted) return;
    this.#wanted = epoch;
    this.#changing = this.#changing.then(async () => {
      try {
        await this.#settle();
      } catch (error) {
        // Looked at again in a moment.
        this.#wanted = this.#session?.epoch ?? null;
        this.#options.onProblem({ code: 'failed', machineUid: null, message: asError(error).message });
      }
    });
  }

  async #settle(): Promise<void> {
    const old = this.#session;
    if (old?.epoch === this.#wanted) return;
    this.#session = null;
    await old?.link.stop();
    if (this.#wanted === null) return;
    this.#session = { epoch: this.#wanted, link: new AgentLinkSession(this.#options) };
  }
}
