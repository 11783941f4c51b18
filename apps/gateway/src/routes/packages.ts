import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { createPackage, packageView, page, type PackageView } from '@yiqiu/contracts';
import { resource as stubs } from '@yiqiu/contracts/grpc';
import type { FastifyRequest } from 'fastify';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { checked } from '../http/check.ts';
import { commandMeta, listRequest, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ResourceServiceService;
const idempotent = { idempotent: true } as const;
const packagePage = page(packageView, 'PackagePage');

/** Packages (套餐). */
@Controller('api/v1/packages')
export class PackageRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: packagePage })
  async list(@Query() query: QueryOf): Promise<{ items: PackageView[]; next: string | null }> {
    return viewOf(packagePage, await this.backends.resource.call(rpc.listPackages, listRequest(query, []), idempotent));
  }

  @Get(':package')
  @ApiOkResponse({ standardSchema: packageView })
  async show(@Param('package') name: string): Promise<PackageView> {
    return viewOf(
      packageView,
      await this.backends.resource.call(rpc.getPackage, { name, minPosition: undefined }, idempotent),
    );
  }

  @Post()
  @ApiCreatedResponse({ standardSchema: packageView })
  async create(@Body({ schema: createPackage }) body: unknown, @Req() request: FastifyRequest): Promise<PackageView> {
    const meta = commandMeta(request, null);
    const changed = await this.backends.resource.call(
      rpc.createPackage,
      { meta, ...checked(createPackage, body) },
      idempotent,
    );
    return viewOf(packageView, changed.package);
  }
}
