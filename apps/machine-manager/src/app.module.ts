import { readFileSync } from 'node:fs';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Runtime } from '@yiqiu/context-runtime';
import type { EventLog } from '@yiqiu/event-log';
import { machineDomain } from '@yiqiu/machine-domain';
import type { MachineCommand, MachineContextState } from '@yiqiu/machine-domain';
import { openAgentIssuer } from '@yiqiu/messaging';
import type { NatsLink } from '@yiqiu/messaging';
import { AgentLinkHost, ContextModule, EVENT_LOG, LOGGER, NATS_LINK, readSecret, RUNTIME } from '@yiqiu/platform-kit';
import type { Logger, TimingProfile } from '@yiqiu/platform-kit';
import { machineAgentLink } from './agent-link.ts';
import { ObservedAgents } from './agents.ts';
import type { MachineManagerConfig } from './config.ts';
import { FenceController } from './fence.controller.ts';
import { localFence } from './fence/local.ts';
import { greet } from './hello.ts';
import { MachineController, type Joining } from './machine.controller.ts';
import { PoolController } from './pool.controller.ts';
import { TicketController } from './ticket.controller.ts';
import { AGENTS, JOINING, TIMING } from './tokens.ts';
import { WatchHost } from './watch/host.ts';

/** Context `machine` over gRPC, and over NATS to the agents. */
@Module({})
export class AppModule {
  static of(config: MachineManagerConfig, secret: string): DynamicModule {
    const { databaseUrl, natsUrl, natsCreds, machine, resource, service } = config;
    const joining: Joining = {
      joinKey: readSecret(config.joinKeyFile),
      issuer: openAgentIssuer(config.authorityDir),
      agentNatsUrl: config.agentNatsUrl,
    };
    return {
      module: AppModule,
      imports: [
        ContextModule.forDomain({
          service: 'machine-manager',
          domain: machineDomain,
          peers: { machine, resource, service },
          ...{ databaseUrl, natsUrl, natsCreds, secret },
        }),
      ],
      controllers: [PoolController, MachineController, TicketController, FenceController],
      providers: [
        { provide: TIMING, useValue: config.timing },
        { provide: JOINING, useValue: joining },
        { provide: AGENTS, useValue: new ObservedAgents(config.timing.leaseMs) },
        {
          provide: AgentLinkHost,
          inject: [RUNTIME, EVENT_LOG, NATS_LINK, LOGGER, AGENTS],
          useFactory: agentLink(config.timing, readFileSync(config.platformKeyFile, 'utf8')),
        },
        {
          provide: WatchHost,
          inject: [RUNTIME, NATS_LINK, LOGGER, AGENTS],
          useFactory: watch(config),
        },
      ],
    };
  }
}

/** Init steps, hellos, heartbeats. */
const agentLink =
  (timing: TimingProfile, platformKey: string) =>
  (
    runtime: Runtime<MachineContextState, MachineCommand>,
    log: EventLog,
    nats: NatsLink,
    logger: Logger,
    agents: ObservedAgents,
  ) => {
    runtime.onCommitted((events) => {
      for (const { type, data } of events) if (type === 'AgentQueueClosed') agents.forget(String(data['machineUid']));
    });
    return new AgentLinkHost({
      owner: 'machine',
      domain: machineAgentLink,
      ...{ runtime, log, nats, logger },
      handlers: {
        onHello: async (hello) => {
          const reply = await greet({ runtime, timing, platformKey }, hello);
          agents.note(hello);
          return reply;
        },
        onHeartbeat: (heartbeat) => agents.note(heartbeat),
      },
    });
  };

/** Silence, faults, fences. */
const watch =
  ({ timing, fenceSocket }: MachineManagerConfig) =>
  (runtime: Runtime<MachineContextState, MachineCommand>, nats: NatsLink, logger: Logger, agents: ObservedAgents) =>
    new WatchHost({
      ...{ runtime, nats, logger, agents, timing },
      driver: fenceSocket === null ? null : localFence(fenceSocket),
    });
