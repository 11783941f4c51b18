import { randomUUID } from 'node:crypto';
import { createUser, type KeyPair } from '@nats-io/nkeys';
import type { AgentCommand, CommandAccepted, CommandPush, Hello, HelloReply, StepReport } from '@yiqiu/contracts';
import { connectAgent, NoAnswerError, type AgentTransport } from '@yiqiu/messaging/agent-side';
import { waitFor } from '@yiqiu/testing';

export interface FakeAgentOptions {
  readonly servers: string;
  /** What an init step comes to; all succeed where nothing is said. */
  readonly outcome?: (command: AgentCommand) => Pick<StepReport, 'outcome' | 'exitCode' | 'message'>;
}

const done = { outcome: 'succeeded', exitCode: 0, message: 'done' } as const;
const heartbeatMs = 100;

/** An agent that says hello, beats, and reports what it is told to do as done, over the real transport. */
export class FakeAgent {
  readonly #key: KeyPair = createUser();
  readonly #options: FakeAgentOptions;
  readonly #journalId = randomUUID();
  readonly ran: string[] = [];
  #bootId = randomUUID();
  #startedAt = 1;
  #transport: AgentTransport | null = null;
  #beating: NodeJS.Timeout | null = null;
  #number = 0;
  #pulling = false;
  #lastSeq = 0;
  machineUid = '';

  constructor(options: FakeAgentOptions) {
    this.#options = options;
  }

  get publicKey(): string {
    return this.#key.getPublicKey();
  }

  /** With what the join gave; then says hello until it is answered, and beats. */
  async connect({ machineUid, jwt }: { readonly machineUid: string; readonly jwt: string }): Promise<void> {
    this.machineUid = machineUid;
    const seed = new TextDecoder().decode(this.#key.getSeed());
    this.#transport = await connectAgent({ servers: this.#options.servers, machineUid, jwt, seed });
    this.#transport.onPush((push) => Promise.resolve(this.#take(push)));
    await this.greet();
    this.beat();
  }

  async greet(more: Partial<Hello> = {}): Promise<HelloReply> {
    const reply = await waitFor(() => this.#ask(more), { deadlineMs: 20_000, what: 'an answer to a hello' });
    if (reply.ok) await this.#sync();
    return reply;
  }

  beat(): void {
    this.#beating ??= setInterval(() => {
      this.#link().heartbeat({
        machineUid: this.machineUid,
        bootId: this.#bootId,
        number: (this.#number += 1),
        sentAt: this.#number,
        probe: { ok: true, message: '', ms: 1 },
        pauseMs: 0,
      });
      void this.#pull();
    }, heartbeatMs);
  }

  /** Its heartbeats end; it goes on listening. */
  fallSilent(): void {
    if (this.#beating !== null) clearInterval(this.#beating);
    this.#beating = null;
  }

  /** Another boot: it says hello anew. */
  async reboot(): Promise<void> {
    this.#bootId = randomUUID();
    this.#startedAt += 1;
    await this.greet();
    this.beat();
  }

  async close(): Promise<void> {
    this.fallSilent();
    await this.#transport?.close();
  }

  #link(): AgentTransport {
    if (this.#transport === null) throw new Error('this agent is not connected');
    return this.#transport;
  }

  /** null: nobody answered. */
  async #ask(more: Partial<Hello>): Promise<HelloReply | null> {
    try {
      return await this.#link().hello({
        ...{ protocol: { min: 1, max: 1 }, agentVersion: '0.1.0', machineUid: this.machineUid, bootId: this.#bootId },
        ...{ journalId: this.#journalId, startedAt: this.#startedAt, sentAt: Date.now() },
        inventory: {
          capacity: { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 51_200 },
          ...{ os: 'debian-12', kernel: '6.1.0', arch: 'x86_64', hostname: 'test', foreignPorts: [] },
        },
        ...more,
      });
    } catch (error) {
      if (error instanceof NoAnswerError) return null;
      throw error;
    }
  }

  /** With each heartbeat an agent asks for what it missed: a push that came while nobody led, or answered, is lost. */
  async #pull(): Promise<void> {
    if (this.#pulling) return;
    this.#pulling = true;
    try {
      await this.#sync();
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
    } finally {
      this.#pulling = false;
    }
  }

  async #sync(): Promise<void> {
    const { machineUid } = this;
    const reply = await this.#link().sync({
      ...{ machineUid, owner: 'machine', journalId: this.#journalId, generation: 0, lastSeq: 0 },
    });
    if (reply.ok) this.#take(reply.push);
  }

  #take({ commands, generation, lineage }: CommandPush): CommandAccepted {
    for (const command of commands) {
      if (command.seq <= this.#lastSeq) continue;
      this.#lastSeq = command.seq;
      void this.#report(command, generation, lineage);
    }
    return { ok: true, generation, acceptedUpTo: this.#lastSeq };
  }

  async #report(command: AgentCommand, generation: number, lineage: string): Promise<void> {
    const { payload, seq } = command;
    if (payload.kind !== 'init-step') throw new Error(`the machine layer sent ${payload.kind}`);
    this.ran.push(payload.name);
    await this.#link().report({
      ...{ machineUid: this.machineUid, owner: 'machine', lineage, generation, seq },
      ...(this.#options.outcome?.(command) ?? done),
      ...{ output: '', outputTruncated: false, startedAt: 1, endedAt: 2, orphans: [] },
    });
  }
}
