export { AgentLinkHost, type AgentLinkParts } from './agent-link.ts';
export { ContextModule, eventLogServices } from './module.ts';
export { openDeadlineMs } from './open.ts';
export type { ContextModuleOptions, Peers } from './options.ts';
export { parseRequest, readOptionsOf, submitMetaOf } from './requests.ts';
export { contextSettings } from './settings.ts';
export { EVENT_LOG, NATS_LINK, PEERS, RUNTIME } from './tokens.ts';
