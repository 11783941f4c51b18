import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import {
  addMachine,
  declareDeadBody,
  labelBody,
  machineAddedView,
  machineVerb,
  machineVerbBody,
  machineView,
  maintenanceBody,
  page,
  type MachineView,
} from '@yiqiu/contracts';
import { machine as stubs } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { machineWhole } from '../backends/machine-whole.ts';
import { viewOf } from '../backends/view.ts';
import { checked } from '../http/check.ts';
import { commandMeta, listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.MachineServiceService;
const idempotent = { idempotent: true } as const;
const machinePage = page(machineView, 'MachinePage');

/** Machines, with the seed's verbs by their names. */
@Controller('api/v1/machines')
export class MachineRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: machinePage })
  async list(@Query() query: QueryOf): Promise<{ items: MachineView[]; next: string | null }> {
    const request = listRequest(query, ['state', 'pool']);
    const [found, whole] = await Promise.all([
      this.backends.machine.call(rpc.listMachines, request, idempotent),
      machineWhole(this.backends),
    ]);
    const { items, next } = viewOf(machinePage, found);
    return { items: items.map(whole), next };
  }

  @Get(':machine')
  @ApiOkResponse({ standardSchema: machineView })
  async show(@Param('machine') name: string): Promise<MachineView> {
    return this.#whole(await this.backends.machine.call(rpc.getMachine, { name, minPosition: undefined }, idempotent));
  }

  /** The answer holds the one-time token, so nothing on the way may keep it. */
  @Post()
  @Header('cache-control', 'no-store')
  @ApiCreatedResponse({ standardSchema: machineAddedView })
  async add(
    @Body({ schema: addMachine }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<MachineView & { joinToken: string; command: string }> {
    const { rack, zone, ...machine } = checked(addMachine, body);
    const added = await this.backends.machine.call(
      rpc.addMachine,
      { meta: commandMeta(request, null), ...machine, rack: rack ?? undefined, zone: zone ?? undefined },
      idempotent,
    );
    const server = `${request.protocol}://${request.host}`;
    const command = `yiqiu-agent run --server ${server} --token ${added.joinToken} --root /var/lib/yiqiu`;
    return { ...(await this.#whole(added.machine)), joinToken: added.joinToken, command };
  }

  /** A person's proof that nothing of the machine runs any more. */
  @Post(':machine/declare-dead')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: machineView })
  async declareDead(
    @Param('machine') name: string,
    @Body({ schema: declareDeadBody }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<MachineView> {
    const { verified, reason, override } = checked(declareDeadBody, body);
    const meta = commandMeta(request, reason);
    const changed = await this.backends.machine.call(rpc.declareDead, { meta, name, verified, override }, idempotent);
    return this.#whole(changed.machine);
  }

  @Post(':machine/:verb')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: machineView })
  async change(
    @Param('machine') name: string,
    @Param('verb') verb: string,
    @Body({ schema: machineVerbBody }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<MachineView | null> {
    const known = machineVerb.safeParse(verb);
    if (verb === 'label') return this.#label(name, body, request);
    if (verb === 'maintenance') return this.#maintain(name, body, request);
    if (!known.success) {
      throw new RefusedError(
        refusal(
          'not-found',
          'machine-verb-unknown',
          `a machine has no verb ${verb}; there are ${[...machineVerb.options, 'declare-dead', 'label', 'maintenance'].join(', ')}`,
        ),
      );
    }
    const { reason, override } = checked(machineVerbBody, body);
    const meta = commandMeta(request, reason);
    const changed = await this.backends.machine.call(
      rpc.changeMachine,
      { meta, name, verb: known.data, override },
      idempotent,
    );
    return changed.machine === undefined ? null : this.#whole(changed.machine);
  }

  /** What the body leaves out keeps its value. */
  async #label(name: string, body: unknown, request: FastifyRequest): Promise<MachineView> {
    const { labels, rack, zone, reason } = checked(labelBody, body);
    const now = await this.show(name);
    const wanted = {
      labels: labels ?? now.labels,
      rack: (rack === undefined ? now.rack : rack) ?? undefined,
      zone: (zone === undefined ? now.zone : zone) ?? undefined,
    };
    const meta = commandMeta(request, reason);
    const changed = await this.backends.machine.call(rpc.labelMachine, { meta, name, ...wanted }, idempotent);
    return this.#whole(changed.machine);
  }

  async #maintain(name: string, body: unknown, request: FastifyRequest): Promise<MachineView> {
    const { on, reason } = checked(maintenanceBody, body);
    const meta = commandMeta(request, reason);
    const changed = await this.backends.machine.call(rpc.setMaintenance, { meta, name, on }, idempotent);
    return this.#whole(changed.machine);
  }

  async #whole(found: unknown): Promise<MachineView> {
    const whole = await machineWhole(this.backends);
    return whole(viewOf(machineView, found));
  }
}
