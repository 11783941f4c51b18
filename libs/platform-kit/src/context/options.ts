import type { Timings, WriterLimits } from '@yiqiu/context-runtime';
import type { Command, ContextDomain, ContextName, NewEvent } from '@yiqiu/kernel';
import type { PlatformService } from '@yiqiu/messaging';
import type { Address } from '../config/index.ts';
import type { GrpcPeer } from '../grpc/index.ts';

/** What a context stands on. */
export interface Foundations {
  readonly service: PlatformService;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Credentials file; null: a server that asks nobody who they are (tests). */
  readonly natsCreds: string | null;
  /** gRPC addresses of the contexts; the own one is not used. */
  readonly peers: { readonly [context in ContextName]: Address };
  /** What the platform's processes share. */
  readonly secret: string;
}

export interface ContextModuleOptions<S, C extends Command, E extends NewEvent> extends Foundations {
  readonly domain: ContextDomain<S, C, E>;
  readonly timings?: Partial<Timings>;
  readonly limits?: Partial<WriterLimits>;
}

/** The services of the other contexts; the own one is absent. */
export type Peers = { readonly [context in ContextName]?: GrpcPeer };
