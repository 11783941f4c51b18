import type { AgentAnswer, AgentQuestion } from '@yiqiu/contracts';
import { answerUnitLogs, type LogTools } from '../logs/index.ts';

export type AnswerTools = LogTools;

/** What the platform asks beside the queues. Nothing is journalled: the answer is all that there is of it. */
export const answerQuestion = (tools: AnswerTools, question: AgentQuestion): AgentAnswer => {
  switch (question.kind) {
    case 'unit-logs':
      return answerUnitLogs(tools, question);
  }
};
