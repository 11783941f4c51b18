import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { Open } from '../auth/guard.ts';

/** The gateway keeps no state: it is ready when it answers. */
@Open()
@Controller()
export class HealthRoutes {
  constructor(@Inject(Registry) private readonly registry: Registry) {}

  @Get('healthz')
  alive(): { alive: true } {
    return { alive: true };
  }

  @Get('readyz')
  ready(): { ready: true } {
    return { ready: true };
  }

  /** For Prometheus. */
  @Get('metrics')
  async metrics(@Res() reply: FastifyReply): Promise<void> {
    await reply
      .type(this.registry.contentType)
      .header('cache-control', 'no-store')
      .send(await this.registry.metrics());
  }
}
