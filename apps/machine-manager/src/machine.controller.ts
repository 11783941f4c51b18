import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import { addMachine, declareDeadBody, machineVerb } from '@yiqiu/contracts';
import type { common, machine } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import { changeAnswer, joinAnswer, machineNamed, machinesWhere, machineView } from '@yiqiu/machine-domain';
import type { Machine, MachineCommand, MachineContextState } from '@yiqiu/machine-domain';
import type { AgentIssuer } from '@yiqiu/messaging';
import { checkFilters, page, parseRequest, readOptionsOf, RUNTIME, submitMetaOf } from '@yiqiu/platform-kit';
import { joinTokenHash, joinTokenOf } from './join.ts';
import { machineMessage } from './messages.ts';
import type { ObservedAgents } from './agents.ts';
import { AGENTS, JOINING } from './tokens.ts';

export interface Joining {
  readonly joinKey: string;
  readonly issuer: AgentIssuer;
  readonly agentNatsUrl: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Machines and the joining of their agents. */
@Controller()
export class MachineController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime<MachineContextState, MachineCommand>,
    @Inject(JOINING) private readonly joining: Joining,
    @Inject(AGENTS) private readonly agents: ObservedAgents,
  ) {}

  @GrpcMethod('MachineService', 'addMachine')
  async add({ meta, ...wanted }: machine.AddMachineRequest): Promise<machine.MachineAdded> {
    const data = parseRequest(addMachine, { ...wanted, rack: wanted.rack ?? null, zone: wanted.zone ?? null });
    const submitMeta = submitMetaOf(meta);
    const joinToken = joinTokenOf(this.joining.joinKey, submitMeta.commandId);
    const command: MachineCommand = { type: 'AddMachine', data: { ...data, joinTokenHash: joinTokenHash(joinToken) } };
    const { position, replayed } = await this.runtime.submit(command, submitMeta);
    return {
      change: { position, changed: !replayed, operation: undefined },
      machine: await this.machine(data.name, position),
      joinToken,
    };
  }

  @GrpcMethod('MachineService', 'changeMachine')
  async change({ meta, name, verb, override }: machine.ChangeMachineRequest): Promise<machine.MachineChanged> {
    const command: MachineCommand = {
      type: 'ChangeMachine',
      data: { name, verb: parseRequest(machineVerb, verb), override },
    };
    const { answer, position, replayed } = await this.runtime.submit(command, submitMetaOf(meta));
    const { changed } = changeAnswer.parse(answer);
    return {
      change: { position, changed: changed && !replayed, operation: undefined },
      machine: await this.machineOrGone(name, position),
    };
  }

  @GrpcMethod('MachineService', 'declareDead')
  async declareDead({ meta, name, ...given }: machine.DeclareDeadRequest): Promise<machine.MachineChanged> {
    const submitMeta = submitMetaOf(meta);
    const { verified, override } = parseRequest(declareDeadBody, { ...given, reason: submitMeta.reason ?? '' });
    const command: MachineCommand = { type: 'DeclareDead', data: { name, verified, override } };
    const { answer, position, replayed } = await this.runtime.submit(command, submitMeta);
    const { changed } = changeAnswer.parse(answer);
    return {
      change: { position, changed: changed && !replayed, operation: undefined },
      machine: await this.machine(name, position),
    };
  }

  @GrpcMethod('MachineService', 'labelMachine')
  async label({ meta, name, labels, rack, zone }: machine.LabelMachineRequest): Promise<machine.MachineChanged> {
    const command: MachineCommand = {
      type: 'LabelMachine',
      data: { name, labels, rack: rack ?? null, zone: zone ?? null },
    };
    const { position, replayed } = await this.runtime.submit(command, submitMetaOf(meta));
    return {
      change: { position, changed: !replayed, operation: undefined },
      machine: await this.machine(name, position),
    };
  }

  @GrpcMethod('MachineService', 'setMaintenance')
  async maintain({ meta, name, on }: machine.SetMaintenanceRequest): Promise<machine.MachineChanged> {
    const { position, replayed } = await this.runtime.submit(
      { type: 'SetMaintenance', data: { name, on } },
      submitMetaOf(meta),
    );
    return {
      change: { position, changed: !replayed, operation: undefined },
      machine: await this.machine(name, position),
    };
  }

  @GrpcMethod('MachineService', 'listMachines')
  list(request: common.ListRequest): Promise<machine.MachinePage> {
    checkFilters(request.filters, ['state', 'pool']);
    return this.runtime.read((state) => {
      const { items, next } = page(machinesWhere(state, request.filters), request, ({ name }) => name);
      return { items: items.map((found) => this.view(state, found)), next };
    }, readOptionsOf(request));
  }

  @GrpcMethod('MachineService', 'getMachine')
  get({ name, minPosition }: common.GetRequest): Promise<machine.Machine> {
    return this.machine(name, minPosition);
  }

  /** The token against NATS credentials for the agent's own key; the private half never leaves the agent. */
  @GrpcMethod('MachineService', 'joinAgent')
  async join({ token, publicKey, agentVersion }: machine.JoinAgentRequest): Promise<machine.JoinAgentResponse> {
    const tokenHash = joinTokenHash(token);
    const submitted = await this.runtime.submit(
      { type: 'JoinAgent', data: { tokenHash, publicKey, agentVersion } },
      // Decided anew each time: an answer kept from before would let in an agent whose machine has left.
      { commandId: `join:${randomUUID()}`, actor: `agent:${publicKey}` },
    );
    const { machineUid, machine: name, address } = joinAnswer.parse(submitted.answer);
    const jwt = await this.joining.issuer.mintAgent(publicKey, machineUid);
    return { machineUid, machine: name, address, jwt, natsUrl: this.joining.agentNatsUrl };
  }

  private view(state: MachineContextState, found: Machine): machine.Machine {
    return machineMessage(machineView(state, found, this.agents.of(found.uid), iso));
  }

  private async machine(name: string, minPosition: number | undefined): Promise<machine.Machine> {
    const found = await this.machineOrGone(name, minPosition);
    if (found !== undefined) return found;
    throw new RefusedError(
      refusal('not-found', 'machine-unknown', `there is no machine ${JSON.stringify(name)}`, {
        next: 'yiqiu machine list',
      }),
    );
  }

  private machineOrGone(name: string, minPosition: number | undefined): Promise<machine.Machine | undefined> {
    return this.runtime.read((state) => {
      const found = machineNamed(state, name);
      return found === undefined ? undefined : this.view(state, found);
    }, readOptionsOf({ minPosition }));
  }
}
