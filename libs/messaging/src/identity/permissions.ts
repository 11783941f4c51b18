import { anyAgentSubjects, eventStream, reportStream, type QueueOwner } from '@yiqiu/contracts';
import { contextNames, type ContextName } from '@yiqiu/kernel';
import { agentInboxPrefix, serviceInboxPrefix } from '../connection/index.ts';

/** The platform services that speak NATS. */
export const platformServices = ['machine-manager', 'resource-platform', 'service-platform', 'gateway'] as const;
export type PlatformService = (typeof platformServices)[number];

export interface SubjectPermissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** One reply to each request that it got, for this long, ms. */
  readonly replyWithinMs: number;
}

/** Longer than any handler of ours may take. */
const replyWithinMs = 120_000;

/**
 * All that an agent may use. Reports go to `yiqiu.m.<uid>.report.*`, which the stream listens to, so no JetStream subject
 * is needed. With `{{name()}}` in place of the uid it is the template of the agents' signing key.
 */
export const agentPermissions = (machineUid: string): SubjectPermissions => ({
  publish: [`yiqiu.m.${machineUid}.>`],
  subscribe: [`yiqiu.m.${machineUid}.>`, `${agentInboxPrefix(machineUid)}.>`],
  replyWithinMs,
});

interface Role {
  /** Whose events it publishes. */
  readonly context: ContextName | null;
  /** Whose commands it gives to agents, and whose reports it takes. */
  readonly queue: QueueOwner | null;
  readonly agentRequests: readonly string[];
  /** What it asks agents. */
  readonly questions: readonly string[];
}

const { ask, hello, heartbeat, sync, state, fetch } = anyAgentSubjects;
const roles: { readonly [service in PlatformService]: Role } = {
  'machine-manager': {
    context: 'machine',
    queue: 'machine',
    agentRequests: [hello, heartbeat, sync('machine')],
    questions: [],
  },
  'resource-platform': { context: 'resource', queue: null, agentRequests: [], questions: [] },
  'service-platform': {
    context: 'service',
    queue: 'service',
    agentRequests: [sync('service'), state, fetch],
    questions: [ask],
  },
  gateway: { context: null, queue: null, agentRequests: [], questions: [] },
};

/**
 * What a platform service may use: its own events, commands to agents in its own name, questions to them where it asks any,
 * its own agent requests, consumers of every event stream. It makes and alters its own streams, and deletes or purges none: losing one is an operator's act.
 */
export const servicePermissions = (service: PlatformService): SubjectPermissions => {
  const { context, queue, agentRequests, questions } = roles[service];
  const own = context === null ? [] : [eventStream(context).name];
  const reports = queue === null ? [] : [reportStream.name];
  const eventStreams = contextNames.map((name) => eventStream(name).name);
  return {
    publish: [
      ...(context === null ? [] : [`yiqiu.evt.${context}.>`]),
      ...(queue === null ? [] : [`yiqiu.m.*.cmd.${queue}`]),
      ...questions,
      '$JS.API.INFO',
      ...[...own, ...reports].flatMap((name) => [`$JS.API.STREAM.CREATE.${name}`, `$JS.API.STREAM.UPDATE.${name}`]),
      ...[...eventStreams, ...reports].flatMap((name) => [
        `$JS.API.STREAM.INFO.${name}`,
        `$JS.API.STREAM.MSG.GET.${name}`,
        `$JS.API.CONSUMER.*.${name}.>`,
        `$JS.API.CONSUMER.DURABLE.CREATE.${name}.>`,
        `$JS.API.CONSUMER.MSG.NEXT.${name}.>`,
        `$JS.ACK.${name}.>`,
        `$JS.FC.${name}.>`,
      ]),
    ],
    subscribe: [...agentRequests, `${serviceInboxPrefix(service)}.>`],
    replyWithinMs,
  };
};
