import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Runtime } from '@yiqiu/context-runtime';
import { unitLogsQuestion } from '@yiqiu/contracts';
import type { service } from '@yiqiu/contracts/grpc';
import { RefusedError } from '@yiqiu/kernel';
import { parseRequest, RUNTIME } from '@yiqiu/platform-kit';
import { logPlaceOf } from '@yiqiu/service-domain';
import type { ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import type { ObservedUnits } from './observed.ts';
import { ASK_AGENT, OBSERVED } from './tokens.ts';
import { askUnitLogs, type AskAgent } from './unit-logs.ts';

const fields = unitLogsQuestion.pick({ source: true, lines: true, cursor: true });

/** What units printed: read where it is, kept nowhere else. */
@Controller()
export class LogsController {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime<ServiceState, ServiceCommand>,
    @Inject(OBSERVED) private readonly observed: ObservedUnits,
    @Inject(ASK_AGENT) private readonly ask: AskAgent,
  ) {}

  @GrpcMethod('ServicePlatformService', 'getUnitLogs')
  async logs({ name, source, tail, cursor }: service.GetUnitLogsRequest): Promise<service.UnitLogs> {
    const wanted = parseRequest(fields, { source, lines: tail, cursor: cursor ?? null });
    const found = await this.runtime.read((state) => logPlaceOf(state, name, source));
    if ('refused' in found) throw new RefusedError(found.refused);
    const answer = await askUnitLogs(this.ask, found.place, { ...wanted, unit: name }, (uid) =>
      this.observed.answersOf(uid),
    );
    const { text, truncated, more, writtenAt, observedAt } = answer;
    return {
      ...{ unit: name, machine: found.place.machine, source, text, truncated, more, cursor: answer.cursor },
      writtenAt: writtenAt === null ? undefined : new Date(writtenAt).toISOString(),
      observedAt: new Date(observedAt).toISOString(),
    };
  }
}
