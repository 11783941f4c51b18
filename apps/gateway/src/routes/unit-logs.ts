import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import {
  logCursor,
  logLinesDefault,
  logLinesMax,
  processSource,
  unitLogsView,
  type UnitLogsView,
} from '@yiqiu/contracts';
import { machine, service as stubs } from '@yiqiu/contracts/grpc';
import { RefusedError } from '@yiqiu/kernel';
import { Backends } from '../backends/backends.ts';
import { viewOf } from '../backends/view.ts';
import { bad, flags, type Query as QueryOf } from '../http/request.ts';

const rpc = stubs.ServicePlatformServiceService;
const seenDeadlineMs = 2_000;

/** What a unit printed. */
@Controller('api/v1/groups/:group/services/:service/units/:ordinal/logs')
export class UnitLogRoutes {
  constructor(@Inject(Backends) private readonly backends: Backends) {}

  /** The last `tail` lines of `source`; with a `cursor` of an answer what has come since. */
  @Get()
  @ApiOkResponse({ standardSchema: unitLogsView })
  async logs(
    @Param('group') group: string,
    @Param('service') service: string,
    @Param('ordinal') ordinal: string,
    @Query() query: QueryOf,
  ): Promise<UnitLogsView> {
    const name = `${group}/${service}/${ordinal}`;
    const request = { name, ...logsAsked(query) };
    try {
      // Not sent again by itself: each time would be another five seconds of waiting for an agent that is away.
      return viewOf(unitLogsView, await this.backends.service.call(rpc.getUnitLogs, request));
    } catch (error) {
      if (!(error instanceof RefusedError) || error.error.code !== 'agent-silent') throw error;
      const message = `${error.error.message}; ${await this.#lastSeen(name)}`;
      throw new RefusedError({ ...error.error, message });
    }
  }

  /** When the machine of the unit was last heard: the machine layer knows. */
  async #lastSeen(unit: string): Promise<string> {
    const options = { idempotent: true, deadlineMs: seenDeadlineMs } as const;
    try {
      const found = await this.backends.service.call(rpc.getUnit, { name: unit, minPosition: undefined }, options);
      const wanted = { name: found.machine ?? '', minPosition: undefined };
      const { agent } = await this.backends.machine.call(machine.MachineServiceService.getMachine, wanted, options);
      return seenText(agent?.lastSeen, Date.now());
    } catch (error) {
      if (error instanceof RefusedError) return 'when it was last seen cannot be asked now';
      throw error;
    }
  }
}

const seenText = (lastSeen: string | undefined, nowMs: number): string =>
  lastSeen === undefined
    ? 'it was not seen since the platform started'
    : `last seen ${Math.max(0, Math.round((nowMs - Date.parse(lastSeen)) / 1_000))} s ago, at ${lastSeen}`;

const logsAsked = (query: QueryOf): { source: string; tail: number; cursor: string | undefined } => {
  const { texts } = flags(query, [], ['tail', 'source', 'cursor']);
  const { tail = String(logLinesDefault), source = processSource, cursor } = texts;
  const lines = Number(tail);
  if (!/^\d{1,5}$/.test(tail) || lines < 1 || lines > logLinesMax) throw bad('tail', tail, `1 to ${logLinesMax}`);
  if (!/^[a-z][a-z-]{0,62}$/.test(source)) throw bad('source', source, `${processSource}, or the name of a hook`);
  if (cursor !== undefined && !logCursor.safeParse(cursor).success)
    throw bad('cursor', cursor, 'the cursor of an answer');
  return { source, tail: lines, cursor };
};
