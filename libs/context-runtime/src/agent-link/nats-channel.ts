import type { QueueOwner } from '@yiqiu/contracts';
import { consumeReports, serveAgents, type NatsLink, type Poison, type StreamBounds } from '@yiqiu/messaging';
import type { AgentLinkChannel } from './port.ts';

export interface NatsChannelOptions {
  readonly owner: QueueOwner;
  /** To be logged and counted. */
  readonly onPoison: (poison: Poison) => void;
  /** What went wrong with the transport and is gone over. */
  readonly onProblem: (error: Error) => void;
  /** Of the report stream. */
  readonly bounds?: StreamBounds;
}

/** The way to the agents over NATS. */
export const natsAgentLinkChannel = (link: NatsLink, options: NatsChannelOptions): AgentLinkChannel => ({
  serve: (handlers) => serveAgents(link, { ...handlers, owner: options.owner, onProblem: options.onProblem }),
  consumeReports: (handler, signal) => consumeReports(link, { ...options, handler, signal }),
});
