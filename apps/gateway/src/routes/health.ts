import { Controller, Get } from '@nestjs/common';
import { Open } from '../auth/guard.ts';

/** The gateway keeps no state: it is ready when it answers. */
@Open()
@Controller()
export class HealthRoutes {
  @Get('healthz')
  alive(): { alive: true } {
    return { alive: true };
  }

  @Get('readyz')
  ready(): { ready: true } {
    return { ready: true };
  }
}
