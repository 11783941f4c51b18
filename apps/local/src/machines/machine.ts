import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killTree, pauseTree, processIdentity, resumeTree, waitFor } from '@yiqiu/processes';
import type { Part } from '../parts/part.ts';
import type { FateRow } from '../fate/protocol.ts';
import { machineProcesses, unitProcesses } from './scan.ts';

const goneDeadlineMs = 10_000;
const powerOffDeadlineMs = 60_000;

/** A local machine: its agent and whatever runs below its root. */
export class LocalMachine {
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
    await this.agent.stop();
    await Promise.race([this.powerOff(), new Promise((resolve) => setTimeout(resolve, powerOffDeadlineMs).unref())]);
    await this.#killUnits();
  }

  /** The plug is pulled: SIGKILL to all that belongs to it, agent first, so that nothing is started again. It stays down. */
  async kill(): Promise<void> {
    await this.agent.kill(true);
    await this.#killUnits();
  }

  /** Something of it runs beside its agent. */
  hasProcesses(): boolean {
    return unitProcesses(this.root).length > 0;
  }

  pause(): void {
    this.agent.pause();
    for (const identity of machineProcesses(this.root)) pauseTree(identity);
  }

  resume(): void {
    for (const identity of machineProcesses(this.root)) resumeTree(identity);
    this.agent.resume();
  }

  rows(): FateRow[] {
    const units = new Map<string, number[]>();
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
        state: agent.state === 'stopped' && all.length > 0 ? 'running' : agent.state,
        pids: all,
      },
      agent,
      ...[...units]
        .filter(([name]) => name !== 'other')
        .map(([name, pids]): FateRow => ({ name: `unit/${name}`, kind: 'unit', state: 'running', pids })),
    ];
  }

  /** The unit's own processes on this machine; empty where it has none here. */
  unitPids(unit: string): number[] {
    return unitProcesses(this.root)
      .filter((found) => found.unit === unit)
      .map(({ pid }) => pid);
  }

  /** Until nothing is left: a process may be born while we look. */
  async #killUnits(): Promise<void> {
    await waitFor(
      async () => {
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
