import type { Msg, NatsConnection } from '@nats-io/transport-node';
import {
  agentSubjects,
  commandPush,
  queueOwners,
  type CommandAccepted,
  type CommandPush,
  type QueueOwner,
} from '@yiqiu/contracts';
import { asError } from '../connection/index.ts';
import { decodeJson, encodeJson, MalformedMessageError } from '../wire/index.ts';

/** Pushes of one owner that may wait here; more are left unanswered, and the owner pushes again. */
const waitingMax = 16;

export type PushHandler = (push: CommandPush) => Promise<CommandAccepted>;

/** Subscribes to the commands of every owner and answers them, one after another per owner. */
export const servePushes = (
  connection: NatsConnection,
  machineUid: string,
  handler: PushHandler,
  onProblem: (error: Error) => void,
): void => {
  for (const owner of queueOwners) {
    let waiting = 0;
    let last: Promise<void> = Promise.resolve();
    connection.subscribe(agentSubjects.command(machineUid, owner), {
      callback: (error, message) => {
        if (error !== null) return onProblem(error);
        if (waiting >= waitingMax) return onProblem(new Error(`${waiting} pushes of ${owner} wait, one was dropped`));
        waiting += 1;
        last = last.then(async () => {
          await answer(message, owner, handler, onProblem);
          waiting -= 1;
        });
      },
    });
  }
};

const answer = async (
  message: Msg,
  owner: QueueOwner,
  handler: PushHandler,
  onProblem: (error: Error) => void,
): Promise<void> => {
  let accepted: CommandAccepted;
  try {
    const push = decodeJson(commandPush, message);
    if (push.owner !== owner) throw new MalformedMessageError(message.subject, `owner is ${push.owner}`);
    accepted = await handler(push);
  } catch (error) {
    onProblem(asError(error));
    const code = error instanceof MalformedMessageError ? 'malformed' : 'failed';
    accepted = { ok: false, generation: 0, acceptedUpTo: 0, error: { code, message: asError(error).message } };
  }
  try {
    message.respond(encodeJson(accepted));
  } catch (error) {
    // The connection went away meanwhile: the owner has no answer, and asks again.
    onProblem(asError(error));
  }
};
