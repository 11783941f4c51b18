import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPaused, killTree, pauseTree, processIdentity, resumeTree, waitFor } from '@yiqiu/processes';
import type { Part } from '../parts/part.ts';
import type { FateRow, FencedUnit } from '../fate/protocol.ts';
import { machineProcesses, unitProcesses, type UnitProcess } from './scan.ts';

const goneDeadlineMs = 10_000;

/** A local machine: its agent and whatever runs below its root. */
export class LocalMachine {
  /** The plug, and whether it stands still as a whole: what a real machine's power controller would say. */
  #power: 'on' | 'off' | 'paused' = 'off';

  constructor(
    readonly name: string,
    readonly address: string,
    readonly root: string,
    readonly agent: Part,
    readonly powerOff: () => Promise<void>,
  ) {}

  /** Power on: another boot, then the agent. Units that still run from a former boot of ours would be a lie: none may. */
  async start(): Promise<void> {
    if (this.agent.state() !== 'stopped') return;
    this.#power = 'on';
    await this.#killUnits();
    this.newBoot();
    await this.agent.start();
  }

  /** The agent's boot id comes from this file on a local machine. */
  newBoot(): void {
    mkdirSync(join(this.root, 'agent'), { recursive: true });
    writeFileSync(join(this.root, 'agent', 'boot-id'), `${randomUUID()}\n`);
  }

  /** An announced power-off: units are stopped in order, then the agent. */
  async stop(): Promise<void> {
    this.#power = 'off';
    await this.agent.stop();
    await this.powerOff();
    await this.#killUnits();
  }

  /** The plug is pulled: SIGKILL to all that belongs to it, agent first, so that nothing is started again. It stays down. */
  async kill(): Promise<void> {
    this.#power = 'off';
    await this.agent.kill(true);
    await this.#killUnits();
  }

  /** Something of it runs beside its agent. */
  hasProcesses(): boolean {
    return unitProcesses(this.root).length > 0;
  }

  async pause(): Promise<void> {
    if (this.#power === 'on') this.#power = 'paused';
    await this.agent.pause();
    for (const identity of machineProcesses(this.root)) pauseTree(identity);
  }

  resume(): void {
    for (const identity of machineProcesses(this.root)) resumeTree(identity);
    this.agent.resume();
    if (this.#power === 'paused') this.#power = 'on';
  }

  /**
   * `down`: switched off, or paused as a whole; nothing of it runs. `up`: it is there, whatever its agent does, which may be
   * killed or paused alone. Where somebody else stopped its agent and every process of its units, it is down as well.
   */
  power(): 'up' | 'down' {
    if (this.#power !== 'on') return 'down';
    if (this.agent.state() !== 'paused') return 'up';
    const units = unitProcesses(this.root);
    return units.length > 0 && units.every(({ pid }) => isPaused(pid)) ? 'down' : 'up';
  }

  /**
   * Ends whatever runs of its units, and resolves when none is left: what it was. The agent is left as it is. Rejects after
   * 10 s, where something is started again and again.
   */
  async fence(): Promise<FencedUnit[]> {
    const found = new Map<string, FencedUnit>();
    await this.#killUnits(({ unit, incarnation }) => {
      if (unit !== null && incarnation !== null) found.set(`${unit}#${incarnation}`, { unit, incarnation });
    });
    return [...found.values()];
  }

  rows(): FateRow[] {
    const units = new Map<string, number[]>();
    const stateOf = { on: 'running', off: 'stopped', paused: 'paused' } as const;
    for (const { pid, unit } of unitProcesses(this.root)) {
      const name = unit ?? 'other';
      units.set(name, [...(units.get(name) ?? []), pid]);
    }
    const agent: FateRow = {
      name: `agent/${this.name}`,
      kind: 'agent',
      state: this.agent.state(),
      pids: this.agent.pids(),
    };
    const all = [...agent.pids, ...[...units.values()].flat()];
    return [
      {
        name: this.name,
        kind: 'machine',
        state: this.#power === 'off' && all.length > 0 ? 'running' : stateOf[this.#power],
        pids: all,
      },
      agent,
      ...[...units]
        .filter(([name]) => name !== 'other')
        .map(([name, pids]): FateRow => {
          const state = pids.every((pid) => isPaused(pid)) ? 'paused' : 'running';
          return { name: `unit/${name}`, kind: 'unit', state, pids };
        }),
    ];
  }

  /** The unit's own processes on this machine; empty where it has none here. */
  unitPids(unit: string): number[] {
    return unitProcesses(this.root)
      .filter((found) => found.unit === unit)
      .map(({ pid }) => pid);
  }

  /** Until nothing is left: a process may be born while we look. `onFound`: each one that is found. */
  async #killUnits(onFound: (process: UnitProcess) => void = () => undefined): Promise<void> {
    await waitFor(
      async () => {
        unitProcesses(this.root).forEach(onFound);
        const left = machineProcesses(this.root);
        for (const identity of left) await killTree(identity);
        return left.length === 0;
      },
      { deadlineMs: goneDeadlineMs, what: `every process of machine ${this.name} to end after SIGKILL` },
    );
  }
}

/** SIGKILL, SIGSTOP or SIGCONT to the processes of one unit. */
export const fateOfUnit = async (pids: readonly number[], verb: 'kill' | 'pause' | 'resume'): Promise<void> => {
  for (const identity of pids.map(processIdentity)) {
    if (identity === null) continue;
    if (verb === 'kill') await killTree(identity);
    else if (verb === 'pause') pauseTree(identity);
    else resumeTree(identity);
  }
};
