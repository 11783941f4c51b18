import type { ContextName } from '@yiqiu/kernel';

/** Which contexts own a command queue for each machine. */
export const queueOwners = ['machine', 'service'] as const satisfies readonly ContextName[];
export type QueueOwner = (typeof queueOwners)[number];

/**
 * NATS subjects. An agent may use nothing but `yiqiu.m.<its uid>.>` and its own inbox, and answers requests that it got.
 */
export const agentSubjects = {
  /** Everything of one machine: the agent's whole permission. */
  all: (uid: string) => `yiqiu.m.${uid}.>`,
  /** owner → agent, request: CommandPush → CommandAccepted. */
  command: (uid: string, owner: QueueOwner) => `yiqiu.m.${uid}.cmd.${owner}`,
  /** service-platform → agent, request: AgentQuestion → AgentAnswer. Core NATS: no queue, no event, no trace. */
  ask: (uid: string) => `yiqiu.m.${uid}.ask`,
  /** agent → machine-manager, request: Hello → HelloReply. */
  hello: (uid: string) => `yiqiu.m.${uid}.hello`,
  /** agent → machine-manager, publish: Heartbeat. Core NATS, never event-sourced. */
  heartbeat: (uid: string) => `yiqiu.m.${uid}.hb`,
  /** agent → owner, request: SyncRequest → SyncReply. */
  sync: (uid: string, owner: QueueOwner) => `yiqiu.m.${uid}.sync.${owner}`,
  /** agent → owner, JetStream publish: StepReport. */
  report: (uid: string, owner: QueueOwner) => `yiqiu.m.${uid}.report.${owner}`,
  /** agent → service-platform, request: StateReport → StateReportReply. */
  state: (uid: string) => `yiqiu.m.${uid}.state`,
  /** agent → service-platform, request: FetchRequest → bytes with the headers of {@link fetchHeaders}. */
  fetch: (uid: string) => `yiqiu.m.${uid}.fetch`,
} as const;

/** The same for all machines, as a platform service is permitted or subscribes to them. The uid is the third token. */
export const anyAgentSubjects = {
  ask: 'yiqiu.m.*.ask',
  hello: 'yiqiu.m.*.hello',
  heartbeat: 'yiqiu.m.*.hb',
  sync: (owner: QueueOwner) => `yiqiu.m.*.sync.${owner}`,
  report: (owner: QueueOwner) => `yiqiu.m.*.report.${owner}`,
  state: 'yiqiu.m.*.state',
  fetch: 'yiqiu.m.*.fetch',
} as const;

export const machineUidOf = (subject: string): string => subject.split('.')[2] ?? '';

/** The one stream that all agents report into. */
export const reportStream = { name: 'YIQIU_REPORTS', subjects: ['yiqiu.m.*.report.*'] } as const;

export const fetchHeaders = { size: 'Yiqiu-Size', error: 'Yiqiu-Error' } as const;
/** Bytes of one piece of an archive, at most. */
export const fetchBytesMax = 512 * 1024;
