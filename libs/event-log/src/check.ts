import { checkEventNames, eventBytesMax, refusal, type DomainError } from '@yiqiu/kernel';
import { answerBytesMax, batchBytesMax, batchCommandsMax, batchEventsMax, commandIdLengthMax } from './limits.ts';
import { NotAppendedError, type Batch, type CommandRow, type EncodedEvent } from './port.ts';

const leafBytes = 32;

/**
 * Text that a column gives back byte for byte: well-formed UTF-16 without NUL. JSON text is always so, since JSON escapes
 * both; free text may not be.
 */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** What is wrong with one event, or null. A writer asks before it appends, so that one oversized command fails alone. */
export const checkEncoded = (event: EncodedEvent): DomainError | null => {
  const names = checkEventNames({ stream: event.stream, type: event.type, version: 1, data: {} });
  if (names !== null) return names;
  const bytes = Buffer.byteLength(event.body);
  if (bytes > eventBytesMax) {
    return refusal(
      'too-large',
      'event-too-large',
      `${event.type} takes ${bytes} bytes, at most ${eventBytesMax} are allowed`,
    );
  }
  if (!isStorable(event.body)) {
    return refusal(
      'invalid',
      'event-body-invalid',
      `the body of ${event.type} holds NUL or a lone surrogate outside of a JSON escape`,
    );
  }
  if (event.leaf.length !== leafBytes) {
    return refusal(
      'invalid',
      'event-leaf-invalid',
      `the leaf of ${event.type} has ${event.leaf.length} bytes, SHA-256 has ${leafBytes}`,
    );
  }
  if (!Number.isSafeInteger(event.timeMs) || !Number.isSafeInteger(event.revision) || event.revision < 1) {
    return refusal(
      'invalid',
      'event-place-invalid',
      `${event.type} has time ${event.timeMs} and revision ${event.revision}`,
    );
  }
  return null;
};

/**
 * The adapter's own look at a batch before the write, paired with the reader's look after it. Throws NotAppendedError: a
 * batch that fails here is a defect of the writer, which should have asked `checkEncoded`.
 */
export const checkBatch = (expectedPosition: number, { events, commands }: Batch): void => {
  if (events.length > batchEventsMax)
    throw refused(`${events.length} events, at most ${batchEventsMax} go into one batch`);
  if (commands.length > batchCommandsMax)
    throw refused(`${commands.length} commands, at most ${batchCommandsMax} go into one batch`);
  let length = 0;
  let position = expectedPosition;
  for (const event of events) {
    position += 1;
    if (event.position !== position) throw refused(`event of position ${event.position} where ${position} belongs`);
    const problem = checkEncoded(event);
    if (problem !== null) throw refused(problem.message);
    length += event.body.length;
  }
  for (const command of commands) {
    checkCommand(command, expectedPosition, position);
    length += command.answer.length;
  }
  if (length > batchBytesMax) throw refused(`${length} characters, at most ${batchBytesMax} go into one batch`);
};

const checkCommand = (command: CommandRow, before: number, last: number): void => {
  const named = `command ${JSON.stringify(command.id)}`;
  if (command.id.length < 1 || command.id.length > commandIdLengthMax || !isStorable(command.id)) {
    throw refused(`${named}: an id has 1 to ${commandIdLengthMax} characters, none of them NUL or a lone surrogate`);
  }
  if (!isStorable(command.fingerprint) || !isStorable(command.answer)) {
    throw refused(`${named}: fingerprint or answer holds NUL or a lone surrogate`);
  }
  if (Buffer.byteLength(command.answer) > answerBytesMax)
    throw refused(`${named}: its answer is over ${answerBytesMax} bytes`);
  const ofBatch =
    command.first === null
      ? command.last === null
      : command.last !== null && before < command.first && command.first <= command.last && command.last <= last;
  if (!ofBatch) {
    throw refused(
      `${named}: positions ${command.first} to ${command.last} are not of this batch, ${before + 1} to ${last}`,
    );
  }
};

/** Throws RangeError. */
export const checkPrune = (beforeMs: number, rowsMax: number): void => {
  if (!Number.isSafeInteger(beforeMs)) throw new RangeError(`beforeMs is ${beforeMs}, it must be an integer`);
  if (!Number.isSafeInteger(rowsMax) || rowsMax < 1 || rowsMax > batchCommandsMax)
    throw new RangeError(`rowsMax is ${rowsMax}, 1 to ${batchCommandsMax} rows are pruned at once`);
};

const refused = (why: string): NotAppendedError => new NotAppendedError(`batch refused: ${why}`);
