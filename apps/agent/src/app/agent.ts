import type { Resources } from '@yiqiu/contracts';
import type { AgentTransport } from '@yiqiu/messaging/agent-side';
import { Runner } from '../hooks/index.ts';
import { machineBootId } from '../identity/index.ts';
import { MachineProbe, takeInventory, type Probe } from '../inventory/index.ts';
import { Journal } from '../journal/index.ts';
import type { AgentPaths } from '../layout/index.ts';
import { answerQuestion, Bell, Link, Silence, knownTiming } from '../link/index.ts';
import type { Log } from '../log/index.ts';
import { errorMessage, within } from '../proc/index.ts';
import { ProgramCache } from '../programs/index.ts';
import { adoptUnits, Permits, startDue, UnitHost } from '../units/index.ts';
import { Work } from '../work/index.ts';

export interface AgentOptions {
  readonly paths: AgentPaths;
  readonly machineUid: string;
  /** Where it joined; the last hello's goes before it. */
  readonly address: string;
  /** Declared, or null: what the machine has. */
  readonly capacity: Resources | null;
  readonly transport: AgentTransport;
  readonly log: Log;
  /** Default: a real write with fsync and a real fork ({@link MachineProbe}). */
  readonly probe?: Probe;
}

/** How long a booted machine tries to reach the platform before it starts by itself what it may, ms. */
const helloBeforeBootMs = 10_000;
const housekeepingMs = 5_000;
/** What is at work gets so long to notice that the agent stops; then it is left as it is, and taken up by the next one. */
const stopMs = 5_000;

/** Everything one machine's agent consists of, wired. The root is locked by the caller. */
export class Agent {
  readonly journal: Journal;
  readonly host: UnitHost;
  readonly permits: Permits;
  readonly work: Work;
  readonly link: Link;
  readonly bootId: string;
  readonly #options: AgentOptions;
  readonly #programs: ProgramCache;
  readonly #stop = new AbortController();
  #housekeeping: NodeJS.Timeout | null = null;

  constructor(options: AgentOptions) {
    const { paths, machineUid, transport, log } = options;
    const stop = this.#stop.signal;
    const bells = { results: new Bell(), state: new Bell() };
    this.#options = options;
    const journal = new Journal(paths.journal);
    this.journal = journal;
    this.bootId = machineBootId(paths);
    this.#programs = new ProgramCache(paths, transport, () => journal.meta('platform-key'), stop);
    const silence = new Silence(journal);
    const runner = new Runner(paths, journal, stop);
    const contact = () => ({
      silenceMs: silence.silenceMs,
      leaseMs: (this.link?.timing ?? knownTiming(journal)).leaseMs,
    });
    const permits = new Permits(journal, contact);
    this.permits = permits;
    this.host = new UnitHost(
      {
        paths,
        journal,
        log,
        changed: () => bells.state.ring(),
        drifted: () => bells.state.ringSoon(),
        silence: contact,
        restartByHooks: (home, message) => this.#restartByHooks(home, message),
      },
      { paths, journal, runner, programs: this.#programs, permits, log, stop },
    );
    this.work = new Work({
      machineUid,
      bootId: this.bootId,
      journal,
      host: this.host,
      runner,
      init: { paths, runner },
      log,
      settled: () => bells.results.ring(),
    });
    this.link = new Link({
      machineUid,
      bootId: this.bootId,
      startedAt: Date.now(),
      transport,
      journal,
      silence,
      host: this.host,
      permits,
      work: this.work,
      answer: (question) => answerQuestion({ paths, host: this.host }, question),
      inventory: () => this.#inventory(),
      probe: options.probe ?? new MachineProbe(paths.probe),
      bells,
      log,
    });
  }

  async start(): Promise<void> {
    const { log } = this.#options;
    if (this.journal.setAside !== null)
      log.error('the journal was damaged: a new one', { error: this.journal.setAside });
    await this.#programs.removeLeftovers();
    const booted = this.journal.meta('boot-id') !== this.bootId || this.journal.meta('powered-off') === 'yes';
    // Whatever was accepted in another boot, its owner says anew.
    if (booted) this.permits.lapse();
    await adoptUnits(this.host, { booted });
    // After the units: an agent killed in between finds the boot still to be dealt with.
    this.journal.setMeta('boot-id', this.bootId);
    this.journal.setMeta('powered-off', 'no');
    await this.work.recover();
    this.link.start();
    this.#housekeeping = setInterval(() => this.#keepHouse(), housekeepingMs);
    if (this.host.units().some(({ record }) => record.bootDue)) {
      void this.link.reached(helloBeforeBootMs).then((reached) => {
        // Where the platform knows what is here, it says what is to run.
        if (!reached && !this.#stop.signal.aborted) startDue(this.host, this.work, log);
      });
    }
    log.info('agent runs', {
      root: this.#options.paths.root,
      bootId: this.bootId,
      booted,
      units: this.host.units().length,
    });
  }

  /** The agent ends, the units run on. */
  async stop(): Promise<void> {
    this.#stop.abort();
    if (this.#housekeeping !== null) clearInterval(this.#housekeeping);
    this.host.close();
    try {
      await within(Promise.all([this.work.close(), this.link.close()]), stopMs, `still at work after ${stopMs} ms`);
      this.journal.close();
    } catch (error) {
      this.#options.log.warn('stopped in the middle of something; the next agent takes it up', {
        error: errorMessage(error),
      });
    }
  }

  #restartByHooks(home: string, message: string): void {
    const unit = this.host.unit(home);
    if (unit === undefined || !unit.isRunning() || unit.busy !== null) return;
    const { log } = this.#options;
    const { generation, lastSeq } = unit.record;
    const refusal = unit.manifest().fencing === 'none' ? null : this.permits.refusal({ generation, seq: lastSeq });
    if (refusal !== null) {
      log.warn('unit is not restarted', { unit: unit.record.unit, message: refusal });
      return unit.hold(`${message}; ${refusal}`);
    }
    log.warn('unit is restarted', { unit: unit.record.unit, message });
    this.work.addOwn({ ...unit.record.command, step: 'restart', reason: 'retry', changed: [] }, (error) => {
      log.error('unit could not be restarted', { unit: unit.record.unit, error });
    });
  }

  #keepHouse(): void {
    for (const unit of this.host.units()) {
      try {
        unit.boundLogs();
        // What a hook that is still at work published.
        unit.takeRelations();
      } catch (error) {
        this.#options.log.warn('house cannot be kept', { unit: unit.record.unit, error: errorMessage(error) });
      }
    }
  }

  #inventory() {
    const units = this.host.units();
    return takeInventory({
      root: this.#options.paths.root,
      address: this.journal.meta('address') ?? this.#options.address,
      declared: this.#options.capacity,
      groups: units.map((unit) => unit.group()).filter((group) => group !== null),
      hookPorts: units
        .filter((unit) => unit.manifest().process === null)
        .flatMap(({ record }) => Object.values(record.command.ports)),
    });
  }
}
