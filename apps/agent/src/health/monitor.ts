import type { ExecCheck, Health, Probe } from '@yiqiu/program/manifest-types';
import { Backoff, pause } from '../proc/index.ts';
import { EligibilityWatch, type Eligibility } from './eligibility.ts';
import { httpCheck, tcpCheck, type CheckResult } from './network.ts';
import type { ExecResult } from './exec.ts';

export interface MonitorOptions {
  readonly health: Health;
  /** `leader.eligible`, where the platform chooses a leader. */
  readonly eligible: ExecCheck | null;
  readonly address: string;
  readonly ports: { readonly [name: string]: number };
  /** Runs a rendered check; its templates are the caller's to render. Never rejects. */
  readonly exec: (argv: readonly string[], timeoutMs: number) => Promise<ExecResult>;
  /** What the last monitor of the same process found. */
  readonly ready: boolean;
  /** When the process was started, ms since the epoch. */
  readonly startedAt: number;
  readonly changed: (state: HealthState) => void;
  readonly eligibilityChanged: (what: 'ok' | 'rank') => void;
  /** The alive check failed as often as it may. */
  readonly died: (message: string) => void;
}

export interface HealthState {
  readonly ready: boolean;
  /** Why it is not ready, or what the alive check says. */
  readonly message: string;
  /** One word of its own, or null. */
  readonly role: string | null;
}

const roleCharactersMax = 63;
/** Between the first two questions whether it is ready, ms; doubled from then on up to the interval. */
const firstReadyMs = 50;

/** Watches one run of a unit: ready, alive, role, eligible, each in its own rhythm, until it is closed. */
export class HealthMonitor {
  readonly #options: MonitorOptions;
  readonly #closed = new AbortController();
  readonly #eligible: EligibilityWatch | null;
  #state: HealthState;
  #wasReady: boolean;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#state = { ready: options.ready, message: '', role: null };
    this.#wasReady = options.ready;
    const { eligible: check, exec, eligibilityChanged: changed } = options;
    this.#eligible = check === null ? null : new EligibilityWatch({ check, exec, changed });
    const { ready, alive, role } = options.health;
    void this.#watchReady(ready);
    if (alive !== null) void this.#watchAlive(alive);
    if (role !== null) void this.#watchRole(role);
  }

  state(): HealthState {
    return this.#state;
  }

  /** Whether it may lead; null where that is not asked, or not known now. */
  eligibility(): Eligibility | null {
    return this.#eligible?.answer() ?? null;
  }

  /** See {@link EligibilityWatch.fresh}. */
  async freshen(sinceMs: number): Promise<void> {
    await this.#eligible?.fresh(sinceMs);
  }

  close(): void {
    this.#closed.abort();
    this.#eligible?.close();
  }

  /**
   * One failure does not make a ready unit unready; one success makes it ready. Until the first success it is asked sooner than
   * its interval says: most programs are ready within a fraction of it.
   */
  async #watchReady(probe: Probe | null): Promise<void> {
    if (probe === null) {
      const { health, startedAt } = this.#options;
      await pause(Math.max(0, startedAt + health.readyAfterMs - Date.now()), this.#closed.signal);
      this.#set({ ready: true, message: '' });
      return;
    }
    let failures = 0;
    const soon = new Backoff(firstReadyMs, probe.intervalMs);
    const nextMs = (): number => (this.#wasReady ? probe.intervalMs : soon.next());
    await this.#repeat(nextMs, async () => {
      const { ok, message } = await this.#check(probe);
      failures = ok ? 0 : failures + 1;
      if (ok) this.#set({ ready: true, message: '' });
      else if (!this.#state.ready || failures >= probe.failures) this.#set({ ready: false, message });
    });
  }

  /** Counts once the unit has been ready: what is still starting is not dead. */
  async #watchAlive(probe: Probe): Promise<void> {
    let failures = 0;
    await this.#repeat(probe.intervalMs, async () => {
      const { ok, message } = await this.#check(probe);
      if (ok || !this.#wasReady) failures = 0;
      else failures += 1;
      if (failures < probe.failures || this.#closed.signal.aborted) return;
      failures = 0;
      this.#options.died(`alive check failed ${probe.failures} times: ${message}`);
    });
  }

  async #watchRole(check: NonNullable<Health['role']>): Promise<void> {
    await this.#repeat(check.intervalMs, async () => {
      const { exitCode, stdout } = await this.#options.exec(check.exec, check.timeoutMs);
      const word = stdout.trim().split(/\s+/)[0] ?? '';
      this.#set({ role: exitCode === 0 && word !== '' ? word.slice(0, roleCharactersMax) : null });
    });
  }

  async #repeat(every: number | (() => number), check: () => Promise<void>): Promise<void> {
    const nextMs = typeof every === 'number' ? () => every : every;
    do await check();
    while (await pause(Math.max(nextMs(), 50), this.#closed.signal));
  }

  async #check({ check, timeoutMs }: Probe): Promise<CheckResult> {
    const { address, ports, exec } = this.#options;
    if (check.kind === 'exec') {
      const { exitCode, message } = await exec(check.exec, timeoutMs);
      return { ok: exitCode === 0, message };
    }
    const port = ports[check.port];
    if (port === undefined)
      return { ok: false, message: `no port ${check.port}, there are ${Object.keys(ports).join(', ')}` };
    return check.kind === 'tcp'
      ? tcpCheck(address, port, timeoutMs)
      : httpCheck(address, port, { path: check.path, status: check.status, timeoutMs });
  }

  #set(part: Partial<HealthState>): void {
    if (this.#closed.signal.aborted) return;
    const before = this.#state;
    this.#state = { ...before, ...part };
    this.#wasReady ||= this.#state.ready;
    const { ready, message, role } = this.#state;
    if (ready !== before.ready || message !== before.message || role !== before.role)
      this.#options.changed(this.#state);
  }
}
