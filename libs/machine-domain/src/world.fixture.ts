import type { EventEnvelope, NewEvent } from '@yiqiu/kernel';
import { machineDomain } from './context.ts';
import type { MachineCommand } from './commands.ts';

const uuid = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The context as its runtime runs it: decide, evolve, react until nothing follows. A counting clock and counting ids. */
export class World {
  state = machineDomain.initial();
  readonly log: EventEnvelope[] = [];
  now = 1_000_000;
  #ids = 0;
  readonly #revisions = new Map<string, number>();

  /** The code of the refusal, or the types of the events. */
  submit(command: MachineCommand, reason: string | null = null): string | string[] {
    const before = this.log.length;
    const refused = this.#apply(command, reason);
    if (refused !== null) return refused;
    for (let at = before; at < this.log.length; at++) {
      const event = this.log[at];
      if (event === undefined) continue;
      for (const { command: next, ifRefused } of machineDomain.react(this.state, event)) {
        const code = this.#apply(next, null);
        if (code !== null && ifRefused === 'halt') throw new Error(`${next.type} was refused: ${code}`);
      }
    }
    return this.log.slice(before).map((event) => event.type);
  }

  last<T>(type: string): T {
    const event = this.log.findLast((candidate) => candidate.type === type);
    if (event === undefined) throw new Error(`no ${type}`);
    return event.data as T;
  }

  #apply(command: MachineCommand, reason: string | null): string | null {
    this.now += 1;
    const ctx = {
      now: this.now,
      uuid: () => uuid((this.#ids += 1)),
      actor: 'user:test',
      reason,
      commandId: `c${this.now}`,
    };
    const decision = machineDomain.decide(this.state, command, ctx);
    if (!decision.ok) return decision.error.code;
    for (const event of decision.events) this.#append(event);
    return null;
  }

  #append(event: NewEvent): void {
    const revision = (this.#revisions.get(event.stream) ?? 0) + 1;
    this.#revisions.set(event.stream, revision);
    const envelope: EventEnvelope = {
      ...event,
      data: structuredClone(event.data),
      id: uuid((this.#ids += 1)),
      context: 'machine',
      lineage: uuid(0),
      position: this.log.length + 1,
      revision,
      time: `1970-01-01T00:${String(Math.trunc(this.now / 60_000) % 60).padStart(2, '0')}:00.000Z`,
      meta: {
        actor: 'user:test',
        tenant: 'default',
        commandId: 'c',
        correlationId: 'c',
        causationId: 'c',
        reason: null,
        source: null,
        hlc: { l: this.now, c: 0 },
        seen: {},
      },
    };
    machineDomain.evolve(this.state, envelope);
    this.log.push(envelope);
  }
}

export const policy = { leaseMs: 5_000, holdDownMs: 5_000, blastMachines: 5, blastPercent: 20, blastWindowMs: 600_000 };
export const step = (name: string, retries = 0) => ({
  name,
  run: 'true',
  user: 'root',
  timeoutMs: 60_000,
  retries,
  needsAgent: true,
  mayReboot: false,
});
export const inventory = {
  capacity: { cpuMilli: 4_000, memoryMiB: 8_192, diskMiB: 51_200 },
  os: 'debian-12',
  kernel: '6.1.0',
  arch: 'x86_64',
  foreignPorts: [],
};
export const hash = (digit: string): string => digit.repeat(64);

/** A pool with one step and one check, and machine m1 in it whose agent has joined and said hello. */
export const withMachine = (autoOnline = false, retries = 0): { world: World; uid: string } => {
  const world = new World();
  world.submit({
    type: 'CreateInitStrategy',
    data: {
      name: 'default',
      os: 'debian-12',
      kernel: null,
      steps: [step('base', retries)],
      checks: [{ name: 'kernel', run: null, kernel: '6.1.0' }],
    },
  });
  world.submit({
    type: 'CreatePool',
    data: { name: 'bj01', region: 'bj', initStrategy: 'default', autoOnline, policy },
  });
  world.submit({
    type: 'AddMachine',
    data: {
      name: 'm1',
      address: '127.0.1.1',
      pool: 'bj01',
      rack: null,
      zone: null,
      labels: {},
      joinTokenHash: hash('a'),
    },
  });
  const { uid } = world.last<{ uid: string }>('MachineAdded');
  world.submit({ type: 'JoinAgent', data: { tokenHash: hash('a'), publicKey: 'U1', agentVersion: '0.1.0' } });
  hello(world, uid, 'b1', uuid(0xf1));
  return { world, uid };
};

export const hello = (world: World, machineUid: string, bootId: string, journalId: string): string | string[] =>
  world.submit({ type: 'RecordHello', data: { machineUid, bootId, journalId, agentVersion: '0.1.0', inventory } });

/** The agent's result of the step that was issued last. */
export const report = (
  world: World,
  machineUid: string,
  outcome: 'succeeded' | 'failed' | 'expired',
): string | string[] => {
  const { generation, seq } = world.last<{ generation: number; seq: number }>('InitStepIssued');
  const exitCode = outcome === 'succeeded' ? 0 : 1;
  return world.submit({
    type: 'RecordInitResult',
    data: { machineUid, generation, seq, outcome, exitCode, message: 'as it went', output: null },
  });
};
