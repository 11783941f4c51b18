import {
  Inject,
  Injectable,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { connectAgent, type AgentTransport } from '@yiqiu/messaging/agent-side';
import type { AgentIdentity, AgentSettings } from '../identity/index.ts';
import type { AgentPaths } from '../layout/index.ts';
import type { Log } from '../log/index.ts';
import { errorMessage } from '../proc/index.ts';
import { Agent } from './agent.ts';

export interface AgentConfig {
  readonly paths: AgentPaths;
  readonly identity: AgentIdentity;
  readonly settings: AgentSettings;
  readonly log: Log;
}

const config = Symbol('AgentConfig');
const transport = Symbol('AgentTransport');

/** The start does not wait for the platform: units come first, and the link goes on trying. */
const firstConnectMs = 1;

const connect = ({ identity, log }: AgentConfig): Promise<AgentTransport> =>
  connectAgent({
    servers: identity.natsUrl,
    machineUid: identity.machineUid,
    jwt: identity.jwt,
    seed: identity.seed,
    firstConnectMs,
    onProblem: (error) => log.warn('link', { error: errorMessage(error) }),
  });

const assemble = ({ paths, identity, settings, log }: AgentConfig, link: AgentTransport): Agent =>
  new Agent({
    paths,
    machineUid: identity.machineUid,
    address: identity.address,
    capacity: settings.capacity,
    transport: link,
    log,
  });

/** Starts and stops the agent with the application. */
@Injectable()
export class AgentLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(Agent) private readonly agent: Agent) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.agent.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.stop();
  }
}

@Module({})
export class AgentModule {
  static with(given: AgentConfig): DynamicModule {
    return {
      module: AgentModule,
      providers: [
        { provide: config, useValue: given },
        { provide: transport, useFactory: connect, inject: [config] },
        { provide: Agent, useFactory: assemble, inject: [config, transport] },
        AgentLifecycle,
      ],
    };
  }
}
