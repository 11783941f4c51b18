import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { deploymentVerbs, deploymentView, page, verbBody, type DeploymentView } from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { checked } from '../http/check.ts';
import { commandMeta, listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;
const deploymentPage = page(deploymentView, 'DeploymentPage');

/** Roll-outs: of versions, configurations, restarts. */
@Controller('api/v1/deployments')
export class DeploymentRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: deploymentPage })
  async list(@Query() query: QueryOf): Promise<{ items: DeploymentView[]; next: string | null }> {
    const request = listRequest(query, ['group', 'service', 'state', 'kind']);
    return viewOf(deploymentPage, await this.backends.service.call(rpc.listDeployments, request, idempotent));
  }

  @Get(':id')
  @ApiOkResponse({ standardSchema: deploymentView })
  async show(@Param('id') name: string): Promise<DeploymentView> {
    return viewOf(
      deploymentView,
      await this.backends.service.call(rpc.getDeployment, { name, minPosition: undefined }, idempotent),
    );
  }

  /** pause, resume, cancel */
  @Post(':id/:verb')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: deploymentView })
  async change(
    @Param('id') id: string,
    @Param('verb') text: string,
    @Body({ schema: verbBody }) body: unknown,
    @Req() request: FastifyRequest,
  ): Promise<DeploymentView> {
    const verb = deploymentVerbs.find((known) => known === text);
    if (verb === undefined) {
      throw new RefusedError(
        refusal(
          'not-found',
          'deployment-verb-unknown',
          `a deployment has no verb ${text}; there are ${deploymentVerbs.join(', ')}`,
        ),
      );
    }
    const meta = commandMeta(request, checked(verbBody, body).reason);
    const changed = await this.backends.service.call(rpc.changeDeployment, { meta, id, verb }, idempotent);
    return viewOf(deploymentView, changed.deployment);
  }
}
