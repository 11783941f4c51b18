export { answerUnitLogs, type LogTools } from './answer.ts';
