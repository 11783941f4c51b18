import { headers, type Msg } from '@nats-io/transport-node';
import {
  agentSubjects,
  anyAgentSubjects,
  commandAccepted,
  fetchBytesMax,
  fetchHeaders,
  fetchRequest,
  heartbeat,
  hello,
  machineUidOf,
  stateReport,
  syncRequest,
  type CommandAccepted,
} from '@yiqiu/contracts';
import type { z } from 'zod';
import { asError, NoAnswerError, request, type NatsLink } from '../connection/index.ts';
import { decodeJson, encodeJson, MalformedMessageError } from '../wire/index.ts';
import type { AgentChannel, ArchivePiece, ServeAgentsOptions } from './handlers.ts';
import { RequestServer } from './request-server.ts';

/**
 * Serves the agents of all machines for one owner: answers what they ask and pushes commands to them. Only who leads
 * serves; `stop` when that ends.
 */
export const serveAgents = (link: NatsLink, options: ServeAgentsOptions): AgentChannel => {
  const { owner, onSync, onHello, onHeartbeat, onState, onFetch, onProblem } = options;
  const server = new RequestServer(link.connection, options);
  server.answer(anyAgentSubjects.sync(owner), async (message) => {
    const body = bodyOf(syncRequest, message);
    if (body.owner !== owner) throw new MalformedMessageError(message.subject, `owner is ${body.owner}`);
    return replyJson(message, await onSync(body));
  });
  if (onHello) {
    server.answer(anyAgentSubjects.hello, async (m) => replyJson(m, await onHello(bodyOf(hello, m))));
  }
  if (onState) {
    server.answer(anyAgentSubjects.state, async (m) => replyJson(m, await onState(bodyOf(stateReport, m))));
  }
  if (onFetch) {
    server.answer(
      anyAgentSubjects.fetch,
      async (message) => {
        const body = bodyOf(fetchRequest, message);
        replyPiece(message, await onFetch({ ...body, length: Math.min(body.length, fetchBytesMax) }));
      },
      (message) => replyPiece(message, null, 'failed'),
    );
  }
  if (onHeartbeat) server.listen(anyAgentSubjects.heartbeat, (message) => onHeartbeat(bodyOf(heartbeat, message)));
  return {
    push: (machineUid, push) =>
      pushCommands(link, machineUid, encodeJson(push), options).catch((error: unknown) => {
        onProblem(asError(error));
        return null;
      }),
    stop: () => server.stop(),
  };
};

const pushCommands = async (
  link: NatsLink,
  machineUid: string,
  body: Uint8Array,
  { owner, pushTimeoutMs = 3_000 }: ServeAgentsOptions,
): Promise<CommandAccepted | null> => {
  const subject = agentSubjects.command(machineUid, owner);
  const connection = link.status() === 'connected' ? link.connection : null;
  try {
    const reply = await request(connection, subject, body, { timeoutMs: pushTimeoutMs });
    return decodeJson(commandAccepted, { subject, data: reply.data });
  } catch (error) {
    if (error instanceof NoAnswerError) return null;
    throw error;
  }
};

/** The server lets an agent publish below its own uid only; so the uid in the subject is the sender, and must be the body's. */
const bodyOf = <T extends { readonly machineUid: string }>(schema: z.ZodType<T>, message: Msg): T => {
  const body = decodeJson(schema, message);
  if (body.machineUid !== machineUidOf(message.subject)) {
    throw new MalformedMessageError(message.subject, `names machine ${body.machineUid}`);
  }
  return body;
};

const replyJson = (message: Msg, reply: unknown): void => {
  message.respond(encodeJson(reply));
};

const replyPiece = (message: Msg, piece: ArchivePiece | null, code = 'not-found'): void => {
  const written = headers();
  if (piece === null) written.set(fetchHeaders.error, code);
  else written.set(fetchHeaders.size, String(piece.size));
  message.respond(piece?.bytes ?? new Uint8Array(), { headers: written });
};
