import { agentAnswer, agentAnswerMs, agentSubjects, type AgentAnswer, type AgentQuestion } from '@yiqiu/contracts';
import { request, type NatsLink } from '../connection/index.ts';
import { decodeJson, encodeJson } from '../wire/index.ts';

/**
 * Asks one agent, once: no queue, no event, nothing that is sent again. Throws `NoAnswerError` (`no-responders` at once where
 * nobody listens: the agent is away, or does not answer questions) and `MalformedMessageError`. A refusal is an answer.
 */
export const askAgent = async (
  link: NatsLink,
  machineUid: string,
  question: AgentQuestion,
  timeoutMs: number = agentAnswerMs,
): Promise<AgentAnswer> => {
  const subject = agentSubjects.ask(machineUid);
  const connection = link.status() === 'connected' ? link.connection : null;
  const reply = await request(connection, subject, encodeJson(question), { timeoutMs });
  return decodeJson(agentAnswer, { subject, data: reply.data });
};
