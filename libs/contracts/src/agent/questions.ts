import { z } from 'zod';
import { instant, uid } from '../events/define.ts';
import { agentError } from './protocol.ts';

/** What agents are asked without a queue: the answer is all that there is of it. An agent names those it knows in its state reports. */
export const agentQuestionKinds = ['unit-logs'] as const;
export type AgentQuestionKind = (typeof agentQuestionKinds)[number];

/** Lines of a log that may be asked for at once, and how many there are where nothing is said. */
export const logLinesMax = 10_000;
export const logLinesDefault = 100;
/** Bytes of UTF-8 that one answer holds, at most. */
export const logTextBytesMax = 256 * 1024;
/** The source that is no hook. */
export const processSource = 'process';

/** Where an answer ended: of use to the agent that gave it, opaque to everybody else. */
export const logCursor = z.string().regex(/^[0-9a-z.-]{1,100}$/);

/** The end of what a unit printed; with a cursor what it has printed since. `source`: `process`, or the name of a hook. */
export const unitLogsQuestion = z.object({
  kind: z.literal('unit-logs'),
  unitUid: uid,
  source: z.string().regex(/^[a-z][a-z-]{0,62}$/),
  lines: z.int().min(1).max(logLinesMax),
  cursor: logCursor.nullable(),
});
export type UnitLogsQuestion = z.infer<typeof unitLogsQuestion>;

export const agentQuestion = z.discriminatedUnion('kind', [unitLogsQuestion]);
export type AgentQuestion = z.infer<typeof agentQuestion>;

export const unitLogsAnswer = z.object({
  ok: z.literal(true),
  kind: z.literal('unit-logs'),
  /** UTF-8; what is none is U+FFFD. The last line may go on in the next answer. */
  text: z.string().max(logTextBytesMax),
  /** Some of what was asked for is not in it: it is larger than an answer may be, or rotated away. */
  truncated: z.boolean(),
  /** There is more behind the cursor already. */
  more: z.boolean(),
  cursor: logCursor,
  /** When it was last written to; null: it has printed nothing here. */
  writtenAt: instant.nullable(),
  observedAt: instant,
});
export type UnitLogsAnswer = z.infer<typeof unitLogsAnswer>;

/** `code` of a refusal: `question-unknown` (a newer platform asks), `unit-unknown`, `malformed`, `busy`, `failed`. */
export const agentAnswer = z.union([unitLogsAnswer, z.object({ ok: z.literal(false), error: agentError })]);
export type AgentAnswer = z.infer<typeof agentAnswer>;

/** Of a question that is read before its kind is known. */
export const anyQuestion = z.object({ kind: z.string().max(63) });

/** An agent that has not answered within so much counts as silent, ms. */
export const agentAnswerMs = 5_000;
