import type {
  AgentAnswer,
  AgentQuestion,
  AgentTiming,
  CommandAccepted,
  CommandPush,
  Inventory,
  QueueOwner,
} from '@yiqiu/contracts';
import { queueOwners } from '@yiqiu/contracts';
import type { AgentTransport } from '@yiqiu/messaging/agent-side';
import type { Probe } from '../inventory/index.ts';
import type { Journal, PushOrigin } from '../journal/index.ts';
import type { Log } from '../log/index.ts';
import { errorMessage, pause } from '../proc/index.ts';
import type { Permits, UnitHost } from '../units/index.ts';
import type { Work } from '../work/index.ts';
import { Bell } from './bell.ts';
import { forgottenReport } from './forgotten.ts';
import { greet, knownTiming } from './greeting.ts';
import { heartbeats } from './heartbeats.ts';
import { reportResults } from './results.ts';
import type { Silence } from './silence.ts';
import { reportState } from './state-reports.ts';

export interface LinkOptions {
  readonly machineUid: string;
  readonly bootId: string;
  /** Of this agent process, ms since the epoch. */
  readonly startedAt: number;
  readonly transport: AgentTransport;
  readonly journal: Journal;
  readonly silence: Silence;
  readonly host: UnitHost;
  readonly permits: Permits;
  readonly work: Work;
  /** What the platform asks beside the queues. It may throw: then that is the answer. */
  readonly answer: (question: AgentQuestion) => AgentAnswer;
  readonly inventory: () => Promise<Inventory>;
  readonly probe: Probe;
  /** Rung where a result waits, and where what was said of the units is not true any more. */
  readonly bells: LinkBells;
  readonly log: Log;
}

export interface LinkBells {
  readonly results: Bell;
  readonly state: Bell;
}

/** Answers asked for in one sync, at most; each holds up to 100 commands. */
const syncRoundsMax = 1_000;
/** A new connection's first words are spread over so much, ms. */
const jitterMsMax = 250;
const inventoryMs = 60_000;

/** Speaks with the platform: hello, heartbeats, commands in, results and state out. Everything may fail and is said again. */
export class Link {
  readonly options: LinkOptions;
  readonly #stop = new AbortController();
  readonly #syncing = new Map<QueueOwner, Promise<void>>();
  readonly #reached = Promise.withResolvers<void>();
  #timing: AgentTiming;
  #session = new AbortController();
  #greeted = false;
  #greetedAtMs = 0;
  #loops: Promise<void>[] = [];

  constructor(options: LinkOptions) {
    this.options = options;
    this.#timing = knownTiming(options.journal);
  }

  get timing(): AgentTiming {
    return this.#timing;
  }

  /** Hello was taken on this connection. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** What was observed before, ms since the epoch, is old: contact was lost since. */
  get freshSinceMs(): number {
    return Math.max(this.#greetedAtMs, this.options.silence.regainedAtMs);
  }

  start(): void {
    const { transport, answer } = this.options;
    transport.onPush((push) => this.#pushed(push));
    transport.onQuestion(async (question) => answer(question));
    transport.onStatus((status) => this.#connection(status));
    this.#connection(transport.status());
    const stop = this.#stop.signal;
    this.#loops = [heartbeats(this, stop), reportResults(this, stop), reportState(this, stop), this.#watchInventory()];
  }

  /** True once the platform took a hello and knows what is here; false where it did not within `ms`. */
  async reached(ms: number): Promise<boolean> {
    const waited = pause(ms, this.#stop.signal).then(() => false);
    return Promise.race([this.#reached.promise.then(() => true), waited]);
  }

  /** The owner of the units has a report of them: what is missing is its to issue. */
  stateTaken(): void {
    this.#reached.resolve();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#session.abort();
    await Promise.all(this.#loops);
    await this.options.transport.close();
  }

  /**
   * The platform answered what was asked at `askedAt` (steady clock, ms). Units whose process ended in a silence beyond the
   * lease are judged by it, and what was accepted before permits nothing any more, before the silence counts as over.
   */
  async contacted(askedAt: number): Promise<void> {
    const { silence, host, permits } = this.options;
    const lapsed = (): boolean => silence.silenceMs > this.#timing.leaseMs;
    if (lapsed()) await Promise.all(host.units().map((unit) => unit.supervisor.look()));
    if (lapsed()) permits.lapse();
    silence.contact(this.#timing.leaseMs, askedAt);
  }

  /** Asks an owner for what is missing. One at a time per owner; resolves when it is done, or could not be. */
  sync(owner: QueueOwner): Promise<void> {
    const underway = this.#syncing.get(owner);
    if (underway !== undefined) return underway;
    const work = this.#pull(owner)
      .catch((error: unknown) => this.options.log.warn('sync failed', { owner, error: errorMessage(error) }))
      .finally(() => this.#syncing.delete(owner));
    this.#syncing.set(owner, work);
    return work;
  }

  #connection(status: 'connected' | 'disconnected'): void {
    this.#session.abort();
    this.#greeted = false;
    if (status === 'disconnected' || this.#stop.signal.aborted) return;
    this.#session = new AbortController();
    this.#begin(this.#session.signal).catch((error: unknown) => {
      this.options.log.error('the session could not begin', { error: errorMessage(error) });
    });
  }

  /** Hello, then what is missing, then what is. */
  async #begin(session: AbortSignal): Promise<void> {
    if (!(await pause(Math.random() * jitterMsMax, session))) return;
    const reply = await greet(this.options, session, (askedAt) => this.contacted(askedAt));
    if (reply === null) return;
    const { journal, log } = this.options;
    this.#timing = reply.timing;
    journal.setMeta('timing', JSON.stringify(reply.timing));
    journal.setMeta('platform-key', reply.platformKey);
    journal.setMeta('address', reply.machine.address);
    this.#greeted = true;
    this.#greetedAtMs = Date.now();
    log.info('hello taken', {
      machine: reply.machine.name,
      protocol: reply.protocol,
      heartbeatMs: reply.timing.heartbeatMs,
    });
    await Promise.all(queueOwners.map((owner) => this.sync(owner)));
    this.options.bells.state.ring();
    this.options.bells.results.ring();
  }

  async #pull(owner: QueueOwner): Promise<void> {
    const { transport, journal, permits, machineUid, log } = this.options;
    for (let round = 0; round < syncRoundsMax && !this.#stop.signal.aborted; round += 1) {
      const place = journal.place(owner);
      const { generation } = place;
      // What was accepted before a silence is asked for once more: where its owner still wants it, it says so.
      const again = owner === 'service' && round === 0 ? permits.askAfter() : null;
      const lastSeq = Math.min(place.lastSeq, again ?? place.lastSeq);
      const askedAt = performance.now();
      const reply = await transport.sync({ machineUid, owner, journalId: journal.id, generation, lastSeq });
      await this.contacted(askedAt);
      if (!reply.ok) {
        log.warn('sync refused', { owner, code: reply.error.code, error: reply.error.message });
        return;
      }
      const accepted = this.#take(reply.push, 'pull');
      if (again !== null && accepted.ok) permits.answered(lastSeq, reply.push);
      if (!accepted.ok || !reply.push.more) return;
    }
  }

  /** A push is no contact: it may have lain in a buffer since before the agent stood still. Only answers are. */
  async #pushed(push: CommandPush): Promise<CommandAccepted> {
    if (!this.options.permits.inContact) void this.sync(push.owner);
    return this.#take(push, 'push');
  }

  /** Journals first, then lets it be worked on, then says so. */
  #take(push: CommandPush, origin: PushOrigin): CommandAccepted {
    const { journal, work, permits, log, machineUid } = this.options;
    const admission = journal.admit(push, origin);
    const { generation, lastSeq } = journal.place(push.owner);
    if (!admission.ok) {
      const { code, message } = admission;
      log.warn('commands refused', { owner: push.owner, code, error: message });
      if (code === 'journal-new') void this.sync(push.owner);
      return { ok: false, generation, acceptedUpTo: lastSeq, error: { code, message } };
    }
    for (const { seq, payload } of origin === 'pull' ? admission.repeated : []) {
      permits.renew({ owner: push.owner, generation: push.generation, seq }, payload);
    }
    work.add(push.owner, push.generation, admission.accept);
    for (const key of admission.forgotten) journal.finish(forgottenReport(machineUid, push.lineage, key), null);
    if (admission.repeated.length > 0) this.options.bells.results.ring();
    if (admission.gap && origin === 'push') void this.sync(push.owner);
    return { ok: true, generation, acceptedUpTo: lastSeq };
  }

  /** What the machine has is said with a hello, so a change is said with another one. */
  async #watchInventory(): Promise<void> {
    const { inventory, log } = this.options;
    let known = '';
    while (await pause(inventoryMs, this.#stop.signal)) {
      try {
        const now = JSON.stringify(await inventory());
        if (known !== '' && now !== known && this.#greeted)
          await greet(this.options, this.#session.signal, (askedAt) => this.contacted(askedAt));
        known = now;
      } catch (error) {
        log.warn('inventory failed', { error: errorMessage(error) });
      }
    }
  }
}
