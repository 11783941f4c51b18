import { createUser } from '@nats-io/nkeys';
import type { CommandAccepted, CommandPush, StepReport } from '@yiqiu/contracts';
import { connectNats, createAuthority, type Authority, type NatsLink } from '@yiqiu/messaging';
import { connectAgent, type AgentTransport } from '@yiqiu/messaging/agent-side';
import { delay, startNats, tempDir, type TestNats } from '@yiqiu/testing';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { reportFor } from './link.fixture.ts';

/** A real server with identities, that a test kills. */
export class KillableNats {
  readonly #storeDir: string;
  readonly #links: NatsLink[] = [];
  #server: TestNats | null;

  private constructor(
    readonly url: string,
    readonly authority: Authority,
    readonly temp: ReturnType<typeof tempDir>,
    server: TestNats,
  ) {
    this.#server = server;
    this.#storeDir = server.storeDir;
  }

  static async start(): Promise<KillableNats> {
    const temp = tempDir();
    const authority = await createAuthority(join(temp.path, 'authority'));
    const server = await startNats({ storeDir: join(temp.path, 'store'), config: authority.serverConfig });
    return new KillableNats(server.url, authority, temp, server);
  }

  async link(): Promise<NatsLink> {
    const credentials = await this.authority.mintService('service-platform');
    const link = await connectNats({ name: 'service-platform', servers: this.url, credentials });
    this.#links.push(link);
    return link;
  }

  /** SIGKILL, then up again on the same port, with its store or without. */
  async restart({ wipeStore }: { readonly wipeStore: boolean }): Promise<void> {
    await this.kill();
    if (wipeStore) rmSync(this.#storeDir, { recursive: true, force: true });
    const port = Number(new URL(this.url).port);
    this.#server = await startNats({ storeDir: this.#storeDir, port, config: this.authority.serverConfig });
  }

  async kill(): Promise<void> {
    await this.#server?.process.kill();
    await this.#server?.stop();
    this.#server = null;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
    await this.#server?.stop();
    this.temp.remove();
  }
}

/** What an agent has on its disk: it outlives the agent. */
interface Disk {
  journalId: string;
  generation: number;
  lastSeq: number;
  readonly results: Map<number, StepReport>;
  readonly toReport: Set<number>;
}

/** An agent that does nothing but to count what it was told to do, over the real transport. */
export class CountingAgent {
  readonly machineUid = randomUUID();
  readonly ran = new Map<string, number>();
  readonly #nats: KillableNats;
  readonly #key = createUser();
  readonly #disk: Disk = {
    journalId: randomUUID(),
    generation: 0,
    lastSeq: 0,
    results: new Map(),
    toReport: new Set(),
  };
  #link: AgentTransport | null = null;
  #loop: Promise<void> = Promise.resolve();
  #stopped = true;
  /** Results are there, and not said, while this is true. */
  silent = false;

  /** Results that no stream has acknowledged yet. */
  get unreported(): number {
    return this.#disk.toReport.size;
  }

  constructor(nats: KillableNats) {
    this.#nats = nats;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    const link = await connectAgent({
      servers: this.#nats.url,
      machineUid: this.machineUid,
      jwt: await this.#nats.authority.mintAgent(this.#key.getPublicKey(), this.machineUid),
      seed: new TextDecoder().decode(this.#key.getSeed()),
      firstConnectMs: 500,
      requestTimeoutMs: 1_000,
    });
    this.#link = link;
    link.onPush(async (push) => this.#take(push, 'push'));
    this.#loop = this.#work(link);
  }

  /** As when it is killed: nothing is said any more, the disk stays. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
    await this.#link?.close();
  }

  /** As after a re-image: nothing is known any more. */
  forget(): void {
    Object.assign(this.#disk, { journalId: randomUUID(), generation: 0, lastSeq: 0 });
    this.#disk.results.clear();
    this.#disk.toReport.clear();
  }

  async #work(link: AgentTransport): Promise<void> {
    while (!this.#stopped) {
      // No answer, for now: said again in the next round, as everything here.
      await this.#sayResults(link).catch(() => undefined);
      await this.#pull(link).catch(() => undefined);
      await delay(50);
    }
  }

  async #pull(link: AgentTransport): Promise<void> {
    const { journalId, generation, lastSeq } = this.#disk;
    const { machineUid } = this;
    const reply = await link.sync({ machineUid, owner: 'service', journalId, generation, lastSeq });
    if (reply.ok) this.#take(reply.push, 'pull');
  }

  async #sayResults(link: AgentTransport): Promise<void> {
    for (const seq of this.silent ? [] : [...this.#disk.toReport]) {
      const report = this.#disk.results.get(seq);
      if (report !== undefined) await link.report(report);
      this.#disk.toReport.delete(seq);
    }
  }

  #take(push: CommandPush, origin: 'push' | 'pull'): CommandAccepted {
    const disk = this.#disk;
    if (push.generation > disk.generation) {
      Object.assign(disk, { generation: push.generation, lastSeq: 0 });
      disk.results.clear();
      disk.toReport.clear();
    }
    for (const { seq, payload } of push.commands) {
      if (seq <= disk.lastSeq) disk.toReport.add(seq);
      else if (seq === disk.lastSeq + 1 || origin === 'pull')
        this.#run(push, seq, 'name' in payload ? payload.name : '');
    }
    if (origin === 'pull') disk.lastSeq = Math.max(disk.lastSeq, push.floor);
    return { ok: true, generation: disk.generation, acceptedUpTo: disk.lastSeq };
  }

  #run({ lineage, generation }: CommandPush, seq: number, text: string): void {
    this.ran.set(text, (this.ran.get(text) ?? 0) + 1);
    this.#disk.lastSeq = seq;
    this.#disk.results.set(seq, reportFor(this.machineUid, lineage, seq, { generation }));
    this.#disk.toReport.add(seq);
  }
}
