import type { Command, ContextDomain, NewEvent } from '@yiqiu/kernel';
import type { EventLog } from '@yiqiu/event-log';
import { Backoff, pause, type Host } from '../host/index.ts';
import type { Memory } from '../memory/index.ts';
import { foldInto, FoldFailedError, loadSnapshot } from '../rebuild/index.ts';
import { errorText, type Reports } from '../reports.ts';
import { saveSnapshot } from '../snapshots/index.ts';

export interface FollowerOptions<S, C extends Command, E extends NewEvent> {
  readonly domain: ContextDomain<S, C, E>;
  readonly log: EventLog;
  readonly host: Host;
  readonly reports: Reports;
  /** Events after which it writes a snapshot, for everybody; the leader need not pause for one. */
  readonly snapshotEvents: number;
}

/** A hot standby's memory: follows the log, so that taking over folds only what came in the last moment. */
export class Follower<S, C extends Command, E extends NewEvent> {
  readonly #options: FollowerOptions<S, C, E>;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #memory: Memory<S> | null = null;
  #snapshotAt = 0;

  constructor(options: FollowerOptions<S, C, E>) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Folded so far. */
  get position(): number {
    return this.#memory?.position ?? 0;
  }

  /** Ends and hands its memory over; null where it had none. */
  async take(): Promise<Memory<S> | null> {
    this.#stop.abort();
    await this.#done;
    return this.#memory;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const { host, reports, domain } = this.#options;
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        this.#memory = null;
        const message = `the standby lost the log and begins again: ${errorText(error)}`;
        reports.alarm({ context: domain.context, code: 'leadership-failing', message });
        // Another version of the program may fold it; this one will say so again when it is to lead.
        if (error instanceof FoldFailedError) return;
        await pause(host.timers, backoff.next(), signal);
      }
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { domain, log } = this.#options;
    if (this.#memory === null) {
      const head = await log.head();
      this.#memory = await loadSnapshot(this.#options, head);
      this.#memory.lineage = head.lineage;
      this.#snapshotAt = this.#memory.position;
    }
    const memory = this.#memory;
    for await (const { event } of log.subscribe(memory.position + 1, { signal })) {
      foldInto(domain, memory, event);
      if (memory.position - this.#snapshotAt >= this.#options.snapshotEvents) await this.#snapshot(memory);
      if (signal.aborted) return;
    }
  }

  async #snapshot(memory: Memory<S>): Promise<void> {
    const { domain, log, host, reports } = this.#options;
    this.#snapshotAt = memory.position;
    try {
      await saveSnapshot({ domain, memory, log, timers: host.timers });
    } catch (error) {
      reports.alarm({ context: domain.context, code: 'snapshot-failed', message: errorText(error) });
    }
  }
}
