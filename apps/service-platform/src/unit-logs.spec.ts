import { describe, expect, it } from '@jest/globals';
import type { AgentAnswer } from '@yiqiu/contracts';
import { RefusedError } from '@yiqiu/kernel';
import { MalformedMessageError, NoAnswerError } from '@yiqiu/messaging';
import { askUnitLogs } from './unit-logs.ts';

const place = { unitUid: 'u', machineUid: 'm', machine: 'm3' };
const asked = { unit: 'cache/redis/0', source: 'process', lines: 10, cursor: null };

const refusalOf = async (answer: AgentAnswer | Error, answers: readonly string[] | null = ['unit-logs']) => {
  const ask = async (): Promise<AgentAnswer> => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  try {
    await askUnitLogs(ask, place, asked, () => answers);
  } catch (error) {
    if (error instanceof RefusedError) return error.error;
    throw error;
  }
  throw new Error('not refused');
};
const noAnswer = (why: NoAnswerError['why']) => new NoAnswerError(why, 'yiqiu.m.m.ask');
const refused = (code: string): AgentAnswer => ({ ok: false, error: { code, message: 'x'.repeat(5_000) } });

describe('an agent that does not tell what a unit printed', () => {
  it.each([
    ['is silent', noAnswer('late'), ['unit-logs'], 'unavailable', 'agent-silent'],
    ['is away', noAnswer('no-responders'), ['unit-logs'], 'unavailable', 'agent-silent'],
    ['is away, and never spoke', noAnswer('no-responders'), null, 'unavailable', 'agent-silent'],
    ['is older', noAnswer('no-responders'), [], 'conflict', 'agent-outdated'],
    ['knows other questions', refused('question-unknown'), [], 'conflict', 'agent-outdated'],
    ['has not got the unit', refused('unit-unknown'), ['unit-logs'], 'conflict', 'unit-not-there'],
    ['is busy', refused('busy'), ['unit-logs'], 'exhausted', 'agent-busy'],
    ['does not take it', refused('malformed'), ['unit-logs'], 'malformed', 'logs-malformed'],
    ['fails', refused('failed'), ['unit-logs'], 'unavailable', 'agent-failed'],
    ['talks nonsense', new MalformedMessageError('s', 'no'), ['unit-logs'], 'unavailable', 'agent-failed'],
    ['cannot be reached for NATS', noAnswer('disconnected'), ['unit-logs'], 'unavailable', 'agents-unreachable'],
  ] as const)('%s', async (_what, answer, answers, kind, code) => {
    const error = await refusalOf(answer, answers);
    expect(error).toMatchObject({ kind, code });
    expect(error.message.length).toBeLessThan(600);
    if (code !== 'agents-unreachable') expect(error.message).toContain('m3');
  });

  it('and a defect is no refusal', async () => {
    await expect(refusalOf(new Error('ours'))).rejects.toThrow('ours');
  });
});
