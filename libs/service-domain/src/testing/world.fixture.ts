import { expect } from '@jest/globals';
import { eventCatalogue } from '@yiqiu/contracts';
import type { GroupDocument, ServiceContextEvent } from '@yiqiu/contracts';
import { groupDocument } from '@yiqiu/contracts';
import type { DomainError, EventEnvelope, Json } from '@yiqiu/kernel';
import { stateHash } from '@yiqiu/kernel';
import { assertRestores, Envelopes, testNowMs, testUuid } from '@yiqiu/testing';
import type { ChangeAnswer } from '../answers.ts';
import { changeAnswer } from '../answers.ts';
import type { ServiceCommand } from '../command.ts';
import { serviceDomain } from '../context.ts';
import type { CheckedService } from '../group/apply.ts';
import { resolveGroup } from '../group/resolve.ts';
import type { JsonMap } from '../json-text.ts';
import { patched } from '../service/set-config.ts';
import { configOf } from '../service/state.ts';
import type { ServiceState } from '../state.ts';
import { must, serviceNamed, unitNamed } from '../state.ts';
import type { UnitRow } from '../unit/state.ts';
import type { RecordStepReport } from '../deploy/record-step-report.ts';

function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}

export interface Outcome {
  readonly error: DomainError | null;
  readonly events: readonly EventEnvelope[];
  readonly answer: Json;
}

export interface SubmitOptions {
  readonly actor?: string;
  readonly reason?: string | null;
}

/**
 * The context at work as its runtime runs it, without a log: decides, folds, and decides what the context answers to its own
 * events. Every event is checked against the catalogue.
 */
export class World {
  state: ServiceState = serviceDomain.initial();
  now = testNowMs;
  readonly log: EventEnvelope[] = [];
  readonly #envelopes = new Envelopes('service');
  #uuids = 0;
  #commands = 0;

  uuid = (): string => testUuid(++this.#uuids);

  submit(command: ServiceCommand, { actor = 'user:test', reason = null }: SubmitOptions = {}): Outcome {
    const commandId = `test-${++this.#commands}`;
    const decision = serviceDomain.decide(this.state, command, {
      now: this.now,
      uuid: this.uuid,
      actor,
      reason,
      commandId,
    });
    if (!decision.ok) return { error: decision.error, events: [], answer: null };
    const events = this.fold(decision.events, actor);
    this.#followUp(events);
    return { error: null, events, answer: decision.answer };
  }

  /** Fails unless it was accepted; gives the types of everything that followed. */
  accept(command: ServiceCommand, options: SubmitOptions = {}): string[] {
    const from = this.log.length;
    const { error } = this.submit(command, options);
    assert(error === null, `${command.type} was refused: ${error?.code}: ${error?.message}`);
    return this.log.slice(from).map(({ type }) => type);
  }

  refuse(command: ServiceCommand, options: SubmitOptions = {}): DomainError {
    const { error } = this.submit(command, options);
    assert(error !== null, `${command.type} was accepted`);
    return error;
  }

  fold(events: readonly ServiceContextEvent[], actor = 'user:test'): EventEnvelope[] {
    return events.map((event) => {
      eventCatalogue.service[event.type]?.[event.version]?.parse(event.data);
      const placed = this.#envelopes.place(event, { now: this.now, meta: { actor } });
      serviceDomain.evolve(this.state, placed);
      this.log.push(placed);
      return placed;
    });
  }

  #followUp(first: readonly EventEnvelope[]): void {
    const waiting = [...first];
    for (let count = 0, event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      for (const { command } of serviceDomain.react(this.state, event)) {
        assert(++count < 10_000, 'a circle of reactions');
        const decision = serviceDomain.decide(this.state, command, {
          now: this.now,
          uuid: this.uuid,
          actor: 'system:service',
          reason: null,
          commandId: `reaction-${count}`,
        });
        assert(decision.ok, `${command.type} of a reaction was refused`);
        waiting.push(...this.fold(decision.events, 'system:service'));
      }
    }
  }

  /** A fold from nothing, and one through a snapshot, give the very same state. */
  assertDeterministic(): void {
    const again = serviceDomain.initial();
    for (const event of this.log) serviceDomain.evolve(again, event);
    expect(stateHash(serviceDomain.tables(again))).toBe(stateHash(serviceDomain.tables(this.state)));
    assertRestores(serviceDomain, this.state);
  }

  push(name: string, version: string, more: JsonMap = {}): void {
    this.accept(pushOf(name, version, more));
  }

  /** As the shell does it: resolves, checks values (here: all are fine), submits. */
  applyCommand(
    document: GroupDocument,
    options: { prune?: boolean; take?: boolean; plan?: string } = {},
  ): ServiceCommand {
    const { prune = false, take = false, plan = null } = options;
    const resolved = resolveGroup(this.state, document, { prune, take });
    const checked: { [name: string]: CheckedService } = {};
    for (const service of resolved.ok ? resolved.group.services : []) {
      const { values, program, name } = service;
      checked[name.split('/')[1] ?? ''] = { programUid: program.uid, values, effective: values };
    }
    return { type: 'ApplyGroup', data: { document, prune, take, expectedRevision: null, plan, checked } };
  }

  apply(document: GroupDocument, options: { prune?: boolean; take?: boolean; plan?: string } = {}): ChangeAnswer {
    const { error, answer } = this.submit(this.applyCommand(document, options));
    assert(error === null, `refused: ${error?.message}`);
    return changeAnswer.parse(answer);
  }

  setConfig(name: string, patch: JsonMap): ServiceCommand {
    const service = must(serviceNamed(this.state, name) ?? undefined, name);
    const values = patched(service, patch);
    const checked = {
      programUid: service.spec.program.uid,
      revision: configOf(service).revision,
      values,
      effective: values,
    };
    return { type: 'SetConfig', data: { name, patch, checked } };
  }

  unit(name: string): UnitRow {
    return must(unitNamed(this.state, name) ?? undefined, name);
  }

  /** A container for a unit, on a machine. */
  bind(name: string, machine: string, port = 6379): string[] {
    return this.accept(this.bindCommand(name, machine, port));
  }

  bindCommand(name: string, machine: string, port = 6379): Extract<ServiceCommand, { type: 'BindUnit' }> {
    const unit = this.unit(name);
    return {
      type: 'BindUnit',
      data: {
        uid: this.uuid(),
        requestId: unit.requestId,
        unitUid: unit.uid,
        unit: unit.name,
        serviceUid: unit.serviceUid,
        service: name.slice(0, name.lastIndexOf('/')),
        ordinal: unit.ordinal,
        incarnation: unit.incarnation,
        package: 'small',
        resources: { cpuMilli: 500, memoryMiB: 256, diskMiB: 1024 },
        machineUid: machineUid(machine),
        machine,
        address: `127.0.1.${machine.slice(1)}`,
        rack: null,
        zone: null,
        labels: {},
        ports: { client: port },
        home: `redis_${port}`,
        replaces: null,
      },
    };
  }

  /** The agent's word on the step that is outstanding for a unit. */
  report(unit: UnitRow, more: Partial<RecordStepReport['data']> = {}): string[] {
    assert(unit.step !== null && unit.binding !== null, `${unit.name} has no step at its agent`);
    const { generation, seq } = unit.step;
    return this.accept({
      type: 'RecordStepReport',
      data: { ...reportOf(unit.binding.machineUid, generation, seq), ...more },
    });
  }

  fail(name: string, more: Partial<RecordStepReport['data']> = {}): string[] {
    return this.report(this.unit(name), { outcome: 'failed', exitCode: 3, message: 'hook said no', ...more });
  }

  /** Lets every agent succeed in everything, until nothing is outstanding. */
  settle(): void {
    for (let round = 0; round < 1_000; round++) {
      const unit = [...this.state.units.values()].find(({ step }) => step !== null);
      if (unit === undefined) return;
      this.report(unit);
    }
    throw new Error('it never ends');
  }

  states(): { [unit: string]: string } {
    return Object.fromEntries(
      [...this.state.units.values()].filter(({ ghost }) => !ghost).map((unit) => [unit.name, unit.state]),
    );
  }
}

/** The operation that an accepted change began. */
export const operationOf = (answer: Json): string => {
  const { operation } = changeAnswer.parse(answer);
  assert(operation !== null, 'it began no operation');
  return operation;
};

export const machineUid = (machine: string): string => testUuid(900_000 + Number(machine.slice(1)));

export const reportOf = (machine: string, generation: number, seq: number): RecordStepReport['data'] => ({
  machineUid: machine,
  generation,
  seq,
  outcome: 'succeeded',
  exitCode: 0,
  message: '',
  durationMs: 5,
  output: null,
  orphans: [],
});

export const manifestOf = (more: JsonMap = {}): JsonMap => ({
  apiVersion: 'yiqiu/v1',
  provides: [],
  peers: [],
  requires: [],
  data: [],
  ports: [{ name: 'client', default: 6379 }],
  leader: { kind: 'none' },
  fencing: 'none',
  config: { type: 'object', properties: { maxmemory: { type: 'string' }, ratio: { type: 'number' } } },
  process: { stop: { signal: 'SIGTERM', timeoutMs: 10_000 } },
  hooks: {},
  update: { canary: 0, maxParallel: 1, minHealthy: { kind: 'percent', percent: 50 }, rollback: 'manual' },
  ...more,
});

export const pushOf = (
  name: string,
  version: string,
  more: JsonMap = {},
): Extract<ServiceCommand, { type: 'PushProgram' }> => ({
  type: 'PushProgram',
  data: {
    name,
    version,
    digest: version
      .replaceAll(/[^0-9a-f]/g, '')
      .padStart(64, 'a')
      .slice(0, 64),
    sizeBytes: 100,
    signature: 'c2ln',
    manifest: manifestOf(more),
  },
});

export const documentOf = (units: number, more: JsonMap = {}, rest: JsonMap = {}): GroupDocument =>
  groupDocument.parse({
    apiVersion: 'yiqiu/v1',
    kind: 'Group',
    name: 'cache',
    services: { redis: { program: 'redis@^7.0', package: 'small', pools: ['bj01'], units, ...more } },
    ...rest,
  });

/** A group `cache` of one service `redis`, its units dealt out to machines from m1 on, one each as a rule, and running. */
export const runningWorld = (units = 3, manifest: JsonMap = {}, machines = units): World => {
  const world = new World();
  world.push('redis', '7.0.15', manifest);
  world.apply(documentOf(units));
  for (let n = 0; n < units; n++) world.bind(`cache/redis/${n}`, `m${(n % machines) + 1}`, 6379 + n);
  world.settle();
  return world;
};
