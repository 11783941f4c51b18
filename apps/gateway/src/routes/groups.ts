import { Body, Controller, Delete, Get, Inject, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConsumes, ApiOkResponse } from '@nestjs/swagger';
import { groupDocument, groupView, page, planView, type GroupView, type PlanView } from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { acceptedIf } from '../http/answer.ts';
import { checked } from '../http/check.ts';
import { readBody } from '../http/document.ts';
import { commandMeta, flags, listRequest, reasonOf, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;
const groupPage = page(groupView, 'GroupPage');
/** A dry run answers with the plan. */
const groupOrPlan = z.union([groupView, planView]);

/** Groups: a document applied, planned, destroyed. */
@Controller('api/v1/groups')
export class GroupRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Get()
  @ApiOkResponse({ standardSchema: groupPage })
  async list(@Query() query: QueryOf): Promise<{ items: GroupView[]; next: string | null }> {
    return viewOf(groupPage, await this.backends.service.call(rpc.listGroups, listRequest(query, []), idempotent));
  }

  @Get(':group')
  @ApiOkResponse({ standardSchema: groupView })
  async show(@Param('group') name: string): Promise<GroupView> {
    return viewOf(
      groupView,
      await this.backends.service.call(rpc.getGroup, { name, minPosition: undefined }, idempotent),
    );
  }

  /** A group document, as JSON or YAML. `?dryRun=true` gives the Plan; `prune`, `take`, `plan=ID`, `reason`. */
  @Put(':group')
  @ApiConsumes('application/json', 'application/yaml')
  @ApiOkResponse({ standardSchema: groupOrPlan })
  @ApiAcceptedResponse({ standardSchema: groupView })
  async apply(
    @Param('group') name: string,
    @Query() query: QueryOf,
    @Body({ schema: groupDocument }) body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GroupView | PlanView> {
    const { dryRun, prune, take, texts } = flags(query, ['dryRun', 'prune', 'take'], ['plan', 'reason']);
    const read = readBody(body);
    try {
      const document = checked(groupDocument, read.value);
      if (document.name !== name) throw new RefusedError(otherName(document.name, name));
      const wanted = {
        meta: commandMeta(request, reasonOf(texts['reason'])),
        ...{ document, prune, take, plan: texts['plan'] },
      };
      if (dryRun) return viewOf(planView, await this.backends.service.call(rpc.planGroup, wanted, idempotent));
      const applied = await this.backends.service.call(rpc.applyGroup, wanted, idempotent);
      acceptedIf(applied.change, reply);
      return viewOf(groupView, applied.group);
    } catch (error) {
      return read.refused(error);
    }
  }

  /** Its services and units go, their data is kept. Answers the group as it goes. */
  @Delete(':group')
  @ApiAcceptedResponse({ standardSchema: groupView })
  async destroy(
    @Param('group') name: string,
    @Query() query: QueryOf,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GroupView> {
    const { texts } = flags(query, [], ['reason']);
    const group = await this.show(name);
    const meta = commandMeta(request, reasonOf(texts['reason']));
    acceptedIf(await this.backends.service.call(rpc.destroyGroup, { meta, name }, idempotent), reply);
    return group;
  }
}

const otherName = (document: string, url: string) =>
  refusal('invalid', 'group-name-differs', `the document is of group ${document}, the address of ${url}`, {
    errors: [{ field: 'name', value: document, allowed: url, message: 'is not the group of the address' }],
  });
