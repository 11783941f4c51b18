import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { AgentLinkRunner, natsAgentLinkChannel } from '@yiqiu/context-runtime';
import type { AgentLinkDomain, AgentLinkOptions, Runtime } from '@yiqiu/context-runtime';
import type { QueueOwner } from '@yiqiu/contracts';
import type { EventLog } from '@yiqiu/event-log';
import type { Command } from '@yiqiu/kernel';
import type { NatsLink } from '@yiqiu/messaging';
import type { Logger } from 'pino';

export interface AgentLinkParts<S, C extends Command, R> {
  readonly owner: QueueOwner;
  readonly domain: AgentLinkDomain<S, C, R>;
  readonly runtime: Runtime<S, C>;
  readonly log: EventLog;
  readonly nats: NatsLink;
  readonly logger: Logger;
  /** What the app itself answers. */
  readonly handlers: NonNullable<AgentLinkOptions<S, C, R>['handlers']>;
}

/** The link to the agents, from the process's start until just before the context stops. */
export class AgentLinkHost<S, C extends Command, R> implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #link: AgentLinkRunner<S, C, R>;

  constructor({ owner, domain, runtime, log, nats, logger, handlers }: AgentLinkParts<S, C, R>) {
    const channel = natsAgentLinkChannel(nats, {
      owner,
      onPoison: ({ problem }) => logger.error({ problem }, 'a report of an agent is not readable, and left out'),
      onProblem: (error) => logger.warn({ err: error }, 'agents'),
    });
    this.#link = new AgentLinkRunner({
      ...{ runtime, owner, domain, channel, handlers },
      blobs: log.blobs,
      onProblem: (problem) => logger.warn(problem, 'agents'),
    });
  }

  onApplicationBootstrap(): void {
    this.#link.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.#link.stop();
  }
}
