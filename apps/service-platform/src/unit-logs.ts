import type { AgentAnswer, AgentQuestion, UnitLogsAnswer, UnitLogsQuestion } from '@yiqiu/contracts';
import { refusal, RefusedError } from '@yiqiu/kernel';
import type { DomainError } from '@yiqiu/kernel';
import { MalformedMessageError, NoAnswerError } from '@yiqiu/messaging';
import type { LogPlace } from '@yiqiu/service-domain';

/** Throws NoAnswerError where the agent does not answer, MalformedMessageError where its answer is none. */
export type AskAgent = (machineUid: string, question: AgentQuestion) => Promise<AgentAnswer>;

export interface LogsAsked extends Pick<UnitLogsQuestion, 'source' | 'lines' | 'cursor'> {
  /** `cache/redis/0` */
  readonly unit: string;
}

const messageLengthMax = 500;

/** Asks the agent of a unit's machine what the unit printed. Throws RefusedError with what stands in the way. */
export const askUnitLogs = async (
  ask: AskAgent,
  { unitUid, machineUid, machine }: LogPlace,
  { unit, source, lines, cursor }: LogsAsked,
  answersOf: (machineUid: string) => readonly string[] | null,
): Promise<UnitLogsAnswer> => {
  let answer: AgentAnswer;
  try {
    answer = await ask(machineUid, { kind: 'unit-logs', unitUid, source, lines, cursor });
  } catch (error) {
    if (error instanceof MalformedMessageError) throw new RefusedError(strange(machine, error.message));
    if (!(error instanceof NoAnswerError)) throw error;
    if (error.why === 'disconnected') throw new RefusedError(noBus());
    // Nobody listens: it is away, or never listens to questions.
    const isOld = error.why === 'no-responders' && answersOf(machineUid)?.includes('unit-logs') === false;
    throw new RefusedError(isOld ? outdated(machine) : silent(machine));
  }
  if (answer.ok) return answer;
  throw new RefusedError(refusedBy(machine, unit, answer.error));
};

const next = (machine: string) => ({ next: `yiqiu machine show ${machine}` });

/** 503 */
const noBus = (): DomainError =>
  refusal('unavailable', 'agents-unreachable', 'agents cannot be asked now: NATS does not answer');

/** 503; the gateway adds when the machine was last seen. */
const silent = (machine: string): DomainError =>
  refusal('unavailable', 'agent-silent', `the agent of machine ${machine} does not answer`, next(machine));

/** 409 */
const outdated = (machine: string): DomainError =>
  refusal(
    'conflict',
    'agent-outdated',
    `the agent of machine ${machine} is older than this platform: it does not answer what units printed`,
    next(machine),
  );

const strange = (machine: string, message: string): DomainError =>
  refusal('unavailable', 'agent-failed', `the agent of machine ${machine}: ${short(message)}`, next(machine));

const refusedBy = (
  machine: string,
  unit: string,
  { code, message }: { code: string; message: string },
): DomainError => {
  switch (code) {
    case 'question-unknown':
      return outdated(machine);
    case 'unit-unknown':
      return refusal(
        'conflict',
        'unit-not-there',
        `machine ${machine} has nothing of ${unit}, not yet or not any more`,
        {
          next: `yiqiu unit show ${unit}`,
        },
      );
    case 'malformed':
      return refusal('malformed', 'logs-malformed', `the agent of machine ${machine}: ${short(message)}`);
    case 'busy':
      return refusal('exhausted', 'agent-busy', `the agent of machine ${machine} is asked too much at once`);
    default:
      return strange(machine, message);
  }
};

const short = (message: string): string => message.slice(0, messageLengthMax);
