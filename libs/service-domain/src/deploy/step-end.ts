import type { OutputRef, StepReport } from '@yiqiu/contracts';

/** An agent's report on one command; its output is kept as a blob by the shell. */
export type StepEnd = {
  readonly machineUid: string;
  readonly generation: number;
  readonly seq: number;
  readonly outcome: StepReport['outcome'];
  readonly exitCode: number | null;
  readonly message: string;
  readonly durationMs: number;
  readonly output: OutputRef;
  readonly orphans: StepReport['orphans'];
};

/** Why it failed. */
export const endMessage = ({ outcome, message }: StepEnd): string =>
  [outcome === 'expired' ? 'not begun before its deadline' : '', message].filter((text) => text !== '').join(': ');
