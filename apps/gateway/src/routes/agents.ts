import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse } from '@nestjs/swagger';
import { joinReply, joinRequest, type JoinReply } from '@yiqiu/contracts';
import { machine as stubs } from '@yiqiu/contracts/grpc';
import { Open } from '../auth/guard.ts';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { checked } from '../http/check.ts';

/** Where agents get their identity: the one-time join token is all they have. */
@Open()
@Controller('api/v1/agents')
export class AgentRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  @Post('join')
  @ApiCreatedResponse({ standardSchema: joinReply })
  async join(@Body({ schema: joinRequest }) body: unknown): Promise<JoinReply> {
    const request = checked(joinRequest, body);
    // Not an entry of the log twice: the same token and key give the same answer.
    const reply = await this.backends.machine.call(stubs.MachineServiceService.joinAgent, request, {
      idempotent: true,
    });
    return viewOf(joinReply, reply);
  }
}
