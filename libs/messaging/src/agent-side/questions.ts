import type { Msg, NatsConnection } from '@nats-io/transport-node';
import {
  agentQuestion,
  agentQuestionKinds,
  agentSubjects,
  anyQuestion,
  type AgentAnswer,
  type AgentQuestion,
} from '@yiqiu/contracts';
import { asError } from '../connection/index.ts';
import { decodeJson, encodeJson, MalformedMessageError } from '../wire/index.ts';

/** Questions that may wait here; more are refused as `busy`. */
const waitingMax = 16;

export type QuestionHandler = (question: AgentQuestion) => Promise<AgentAnswer>;

/** Subscribes to what the platform asks and answers it, one after another: nothing of it is kept. */
export const serveQuestions = (
  connection: NatsConnection,
  machineUid: string,
  handler: QuestionHandler,
  onProblem: (error: Error) => void,
): void => {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  connection.subscribe(agentSubjects.ask(machineUid), {
    callback: (error, message) => {
      if (error !== null) return onProblem(error);
      if (waiting >= waitingMax) return respond(message, refused('busy', `${waiting} questions wait`), onProblem);
      waiting += 1;
      last = last.then(async () => {
        respond(message, await answerOf(message, handler, onProblem), onProblem);
        waiting -= 1;
      });
    },
  });
};

const answerOf = async (
  message: Msg,
  handler: QuestionHandler,
  onProblem: (error: Error) => void,
): Promise<AgentAnswer> => {
  try {
    const { kind } = decodeJson(anyQuestion, message);
    const isKnown = agentQuestionKinds.some((known) => known === kind);
    if (!isKnown)
      return refused('question-unknown', `this agent answers ${agentQuestionKinds.join(', ')}, not ${kind}`);
    return await handler(decodeJson(agentQuestion, message));
  } catch (error) {
    onProblem(asError(error));
    const code = error instanceof MalformedMessageError ? 'malformed' : 'failed';
    return refused(code, asError(error).message);
  }
};

const refused = (code: string, message: string): AgentAnswer => ({ ok: false, error: { code, message } });

const respond = (message: Msg, answer: AgentAnswer, onProblem: (error: Error) => void): void => {
  try {
    message.respond(encodeJson(answer));
  } catch (error) {
    // The connection went away meanwhile: whoever asked has no answer.
    onProblem(asError(error));
  }
};
