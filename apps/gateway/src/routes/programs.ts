import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOkResponse } from '@nestjs/swagger';
import { page, programView, type ProgramView } from '@yiqiu/contracts';
import { service as stubs } from '@yiqiu/contracts/grpc';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { commandMeta, listRequest } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const idempotent = { idempotent: true } as const;
const programPage = page(programView, 'ProgramPage');

/** A push of 256 MiB over a slow line, ms. */
const pushDeadlineMs = 600_000;
/** Bytes of one piece on its way to service-platform. */
const pieceBytesMax = 512 * 1024;

/** Programs: packages as teams push them. */
@Controller('api/v1/programs')
export class ProgramRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  /** The archive itself. 201 where it is new, 200 where the same was there. */
  @Post()
  @ApiConsumes('application/gzip')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ standardSchema: programView })
  @ApiCreatedResponse({ standardSchema: programView })
  async push(
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProgramView> {
    if (!(body instanceof Readable)) {
      throw new RefusedError(
        refusal('malformed', 'archive-missing', 'the body has to be the archive itself, as application/gzip', {
          next: 'yiqiu program push DIR',
        }),
      );
    }
    const meta = commandMeta(request, null);
    const pushed = await this.backends.service.upload(rpc.pushProgram, pieces(body, meta), {
      deadlineMs: pushDeadlineMs,
    });
    void reply.status(pushed.change?.changed === true ? 201 : 200);
    return viewOf(programView, pushed.program);
  }

  @Get()
  @ApiOkResponse({ standardSchema: programPage })
  async list(
    @Query() query: { readonly [name: string]: unknown },
  ): Promise<{ items: ProgramView[]; next: string | null }> {
    return viewOf(
      programPage,
      await this.backends.service.call(rpc.listPrograms, listRequest(query, ['name']), idempotent),
    );
  }

  @Get(':name/:version')
  @ApiOkResponse({ standardSchema: programView })
  async show(@Param('name') name: string, @Param('version') version: string): Promise<ProgramView> {
    return viewOf(programView, await this.backends.service.call(rpc.getProgram, { name, version }, idempotent));
  }
}

async function* pieces(
  stream: Readable,
  meta: stubs.PushProgramRequest['meta'],
): AsyncGenerator<stubs.PushProgramRequest> {
  yield { meta, chunk: new Uint8Array(0) };
  for await (const data of stream as AsyncIterable<Buffer>) {
    for (let at = 0; at < data.length; at += pieceBytesMax)
      yield { meta: undefined, chunk: data.subarray(at, at + pieceBytesMax) };
  }
}
