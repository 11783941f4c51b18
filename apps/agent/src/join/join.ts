import { joinReply, type JoinRequest } from '@yiqiu/contracts';
import { ownKey, saveIdentity, type AgentIdentity } from '../identity/index.ts';
import type { AgentPaths } from '../layout/index.ts';
import type { Log } from '../log/index.ts';
import { errorMessage, pause } from '../proc/index.ts';
import { agentVersion } from '../version.ts';
import { postJson, type HttpAnswer } from './http.ts';

/** The platform will not let this agent in, or did not answer. */
export class JoinError extends Error {
  override readonly name = 'JoinError';
}

export interface JoinOptions {
  readonly paths: AgentPaths;
  /** `http://host:port` */
  readonly server: string;
  /** One-time. */
  readonly token: string;
  /** The machine's name as the caller expects it; another one is refused. */
  readonly name?: string;
  readonly log: Log;
  /** How long a platform that does not answer is asked again, ms. Default 60,000. */
  readonly deadlineMs?: number;
}

const requestTimeoutMs = 10_000;
const backoffMsMin = 500;
const backoffMsMax = 5_000;

/**
 * Trades the one-time token for NATS credentials of a key that the agent made itself, and keeps the identity (mode 0600).
 * Asks again where nobody answers or the server has a fault. Throws {@link JoinError}.
 */
export const join = async (options: JoinOptions): Promise<AgentIdentity> => {
  const { paths, server, token, log } = options;
  const url = joinUrl(server);
  const { seed, publicKey } = ownKey(paths);
  const body: JoinRequest = { token, publicKey, agentVersion };
  const reply = readReply(url, await askUntilAnswered(url, body, options), options.name);
  const identity = {
    machineUid: reply.machineUid,
    machine: reply.machine,
    address: reply.address,
    server,
    natsUrl: reply.natsUrl,
    jwt: reply.jwt,
    seed,
  };
  saveIdentity(paths, identity);
  log.info('joined', { machine: identity.machine, machineUid: identity.machineUid, server });
  return identity;
};

const joinUrl = (server: string): URL => {
  if (!URL.canParse(server)) throw new JoinError(`--server is no URL: ${server}; it looks like http://127.0.0.1:7800`);
  return new URL('/api/v1/agents/join', server);
};

const askUntilAnswered = async (url: URL, body: JoinRequest, { log, deadlineMs = 60_000 }: JoinOptions) => {
  const end = performance.now() + deadlineMs;
  for (let waitMs = backoffMsMin; ; waitMs = Math.min(waitMs * 2, backoffMsMax)) {
    const answer = await askOnce(url, body);
    if (typeof answer !== 'string') return answer;
    if (performance.now() + waitMs > end)
      throw new JoinError(`no answer from ${url.href} in ${deadlineMs} ms: ${answer}`);
    log.warn('join: no answer yet', { url: url.href, message: answer, againInMs: waitMs });
    await pause(waitMs, new AbortController().signal);
  }
};

/** The answer, or why there is none worth reading. */
const askOnce = async (url: URL, body: JoinRequest): Promise<HttpAnswer | string> => {
  try {
    const answer = await postJson(url, body, requestTimeoutMs);
    return answer.status >= 500 || answer.status === 429
      ? `HTTP ${answer.status}: ${answer.body.slice(0, 500)}`
      : answer;
  } catch (error) {
    return errorMessage(error);
  }
};

const readReply = (url: URL, answer: HttpAnswer, name: string | undefined) => {
  if (answer.status !== 200 && answer.status !== 201) {
    throw new JoinError(`${url.href} refused this agent: HTTP ${answer.status}: ${answer.body.slice(0, 500)}`);
  }
  const parsed = joinReply.safeParse(parseJson(answer.body));
  if (!parsed.success) throw new JoinError(`${url.href} answered something else: ${parsed.error.message}`);
  if (name !== undefined && parsed.data.machine !== name) {
    throw new JoinError(`the token is of machine ${parsed.data.machine}, this agent was started with --name ${name}`);
  }
  return parsed.data;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JoinError(`the answer is no JSON: ${errorMessage(error)}`);
  }
};
