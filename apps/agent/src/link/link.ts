import type { AgentTiming, CommandAccepted, CommandPush, Inventory, QueueOwner } from '@yiqiu/contracts';
import { queueOwners } from '@yiqiu/contracts';
import type { AgentTransport } from '@yiqiu/messaging/agent-side';
import type { MachineProbe } from '../inventory/index.ts';
import type { Journal, PushOrigin } from '../journal/index.ts';
import type { Log } from '../log/index.ts';
import { errorMessage, pause } from '../proc/index.ts';
import type { UnitHost } from '../units/index.ts';
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
  readonly work: Work;
  readonly inventory: () => Promise<Inventory>;
  readonly probe: MachineProbe;
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
  readonly #firstHello = Promise.withResolvers<void>();
  #timing: AgentTiming;
  #session = new AbortController();
  #greeted = false;
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

  start(): void {
    const { transport } = this.options;
    transport.onPush((push) => this.#pushed(push));
    transport.onStatus((status) => this.#connection(status));
    this.#connection(transport.status());
    const stop = this.#stop.signal;
    this.#loops = [heartbeats(this, stop), reportResults(this, stop), reportState(this, stop), this.#watchInventory()];
  }

  /** True once the platform took a hello; false where it did not within `ms`. */
  async firstHello(ms: number): Promise<boolean> {
    const waited = pause(ms, this.#stop.signal).then(() => false);
    return Promise.race([this.#firstHello.promise.then(() => true), waited]);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#session.abort();
    await Promise.all(this.#loops);
    await this.options.transport.close();
  }

  /** Units whose process ended in a silence beyond the lease are judged by it, before the silence counts as over. */
  async contacted(): Promise<void> {
    const { silence, host } = this.options;
    if (silence.silenceMs > this.#timing.leaseMs) await Promise.all(host.units().map((unit) => unit.supervisor.look()));
    silence.contact(this.#timing.leaseMs);
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
    const reply = await greet(this.options, session, () => this.contacted());
    if (reply === null) return;
    const { journal, log } = this.options;
    this.#timing = reply.timing;
    journal.setMeta('timing', JSON.stringify(reply.timing));
    journal.setMeta('platform-key', reply.platformKey);
    journal.setMeta('address', reply.machine.address);
    this.#greeted = true;
    this.#firstHello.resolve();
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
    const { transport, journal, machineUid, log } = this.options;
    for (let round = 0; round < syncRoundsMax && !this.#stop.signal.aborted; round += 1) {
      const { generation, lastSeq } = journal.place(owner);
      const reply = await transport.sync({ machineUid, owner, journalId: journal.id, generation, lastSeq });
      await this.contacted();
      if (!reply.ok) {
        log.warn('sync refused', { owner, code: reply.error.code, error: reply.error.message });
        return;
      }
      const accepted = this.#take(reply.push, 'pull');
      if (!accepted.ok || !reply.push.more) return;
    }
  }

  async #pushed(push: CommandPush): Promise<CommandAccepted> {
    await this.contacted();
    return this.#take(push, 'push');
  }

  /** Journals first, then lets it be worked on, then says so. */
  #take(push: CommandPush, origin: PushOrigin): CommandAccepted {
    const { journal, work, log, machineUid } = this.options;
    const admission = journal.admit(push, origin);
    const { generation, lastSeq } = journal.place(push.owner);
    if (!admission.ok) {
      const { code, message } = admission;
      log.warn('commands refused', { owner: push.owner, code, error: message });
      if (code === 'journal-new') void this.sync(push.owner);
      return { ok: false, generation, acceptedUpTo: lastSeq, error: { code, message } };
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
          await greet(this.options, this.#session.signal, () => this.contacted());
        known = now;
      } catch (error) {
        log.warn('inventory failed', { error: errorMessage(error) });
      }
    }
  }
}
