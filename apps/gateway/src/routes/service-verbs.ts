import { Body, Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse } from '@nestjs/swagger';
import { reseedBody, serviceView, upgradeBody, verbBody, type ServiceView } from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import type { Method } from '@yiqiu/platform-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { acceptedIf } from '../http/answer.ts';
import { checked } from '../http/check.ts';
import { commandMeta } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;

/** What a person asks of a whole service, beside its size and its configuration. */
@Controller('api/v1/groups/:group/services/:service')
export class ServiceVerbRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  /** `{ program: "redis@7.2.0" }`: rolled out unit by unit. */
  @Post('upgrade')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: serviceView })
  @ApiAcceptedResponse({ standardSchema: serviceView })
  async upgrade(
    @Param('group') group: string,
    @Param('service') service: string,
    @Body({ schema: upgradeBody }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceView> {
    const { program, reason } = checked(upgradeBody, body);
    const wanted = { meta: commandMeta(request, reason), name: `${group}/${service}`, program };
    return this.#ask(rpc.upgradeService, wanted, reply);
  }

  /** Another unit leads as soon as one can. */
  @Post('step-down')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: serviceView })
  async stepDown(
    @Param('group') group: string,
    @Param('service') service: string,
    @Body({ schema: verbBody }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceView> {
    const meta = commandMeta(request, checked(verbBody, body).reason);
    return this.#ask(rpc.stepDownService, { meta, name: `${group}/${service}` }, reply);
  }

  /** Every unit, by the roll-out that every change takes. */
  @Post('restart')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: serviceView })
  @ApiAcceptedResponse({ standardSchema: serviceView })
  async restart(
    @Param('group') group: string,
    @Param('service') service: string,
    @Body({ schema: verbBody }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceView> {
    const meta = commandMeta(request, checked(verbBody, body).reason);
    return this.#ask(rpc.restartService, { meta, name: `${group}/${service}` }, reply);
  }

  /** The service's data is begun from nothing again, by its first unit. */
  @Post('reseed')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: serviceView })
  async reseed(
    @Param('group') group: string,
    @Param('service') service: string,
    @Body({ schema: reseedBody }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ServiceView> {
    const meta = commandMeta(request, checked(reseedBody, body).reason);
    return this.#ask(rpc.reseedService, { meta, name: `${group}/${service}` }, reply);
  }

  async #ask<Request>(
    method: Method<Request, stubs.ServiceChanged, false, false>,
    wanted: Request,
    reply: FastifyReply,
  ): Promise<ServiceView> {
    const { change, service } = await this.backends.service.call(method, wanted, idempotent);
    acceptedIf(change, reply);
    return viewOf(serviceView, service);
  }
}
