import { readFileSync } from 'node:fs';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Runtime } from '@yiqiu/context-runtime';
import type { EventLog } from '@yiqiu/event-log';
import { askAgent, type NatsLink } from '@yiqiu/messaging';
import { AgentLinkHost, ContextModule, EVENT_LOG, LOGGER, NATS_LINK, RUNTIME } from '@yiqiu/platform-kit';
import type { Logger } from '@yiqiu/platform-kit';
import { serviceDomain } from '@yiqiu/service-domain';
import type { ServiceCommand, ServiceState } from '@yiqiu/service-domain';
import { serviceAgentLink } from './agent-link.ts';
import { archivePieces } from './archives.ts';
import type { ServicePlatformConfig } from './config.ts';
import { GroupController } from './group.controller.ts';
import { LeaderKeeper } from './leaders.ts';
import { LogsController } from './logs.controller.ts';
import { ObservedUnits } from './observed.ts';
import { ProgramController } from './program.controller.ts';
import { RolloutController } from './rollout.controller.ts';
import { ServiceController } from './service.controller.ts';
import { ASK_AGENT, OBSERVED, SIGNING_KEY } from './tokens.ts';
import { UnitController } from './unit.controller.ts';
import type { AskAgent } from './unit-logs.ts';

/** Context `service` over gRPC, and over NATS to the agents. */
@Module({})
export class AppModule {
  static of(config: ServicePlatformConfig, secret: string): DynamicModule {
    const { databaseUrl, natsUrl, natsCreds, machine, resource, service } = config;
    return {
      module: AppModule,
      imports: [
        ContextModule.forDomain({
          service: 'service-platform',
          domain: serviceDomain,
          peers: { machine, resource, service },
          ...{ databaseUrl, natsUrl, natsCreds, secret },
        }),
      ],
      controllers: [
        ProgramController,
        GroupController,
        ServiceController,
        RolloutController,
        UnitController,
        LogsController,
      ],
      providers: [
        { provide: SIGNING_KEY, useValue: readFileSync(config.platformKeyFile, 'utf8') },
        { provide: OBSERVED, useValue: new ObservedUnits() },
        {
          provide: ASK_AGENT,
          inject: [NATS_LINK],
          useFactory:
            (nats: NatsLink): AskAgent =>
            (machineUid, question) =>
              askAgent(nats, machineUid, question),
        },
        {
          provide: AgentLinkHost,
          inject: [RUNTIME, EVENT_LOG, NATS_LINK, LOGGER, OBSERVED],
          useFactory: agentLink,
        },
        {
          provide: LeaderKeeper,
          inject: [RUNTIME, OBSERVED, LOGGER],
          useFactory: (
            runtime: Runtime<ServiceState, ServiceCommand>,
            observed: ObservedUnits,
            logger: Logger,
          ): LeaderKeeper => new LeaderKeeper(runtime, observed, logger),
        },
      ],
    };
  }
}

/** Unit steps, state reports, program archives. */
const agentLink = (
  runtime: Runtime<ServiceState, ServiceCommand>,
  log: EventLog,
  nats: NatsLink,
  logger: Logger,
  observed: ObservedUnits,
) =>
  new AgentLinkHost({
    owner: 'service',
    domain: serviceAgentLink(observed),
    ...{ runtime, log, nats, logger },
    handlers: { onFetch: archivePieces(log.blobs) },
  });
