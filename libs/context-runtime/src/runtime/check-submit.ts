import { refusal, type Command, type DomainError } from '@yiqiu/kernel';
import { commandIdLengthMax, isStorable } from '@yiqiu/event-log';
import type { SubmitMeta } from '../port.ts';
import { errorText } from '../reports.ts';
import { fingerprint } from '../writer/index.ts';

/** The fingerprint of a command that may be submitted, or why it may not. */
export const checkSubmit = (command: Command, meta: SubmitMeta): string | DomainError => {
  const { commandId, actor } = meta;
  if (commandId.length < 1 || commandId.length > commandIdLengthMax || !isStorable(commandId)) {
    const allowed = `1 to ${commandIdLengthMax} characters, none of them NUL or a lone surrogate`;
    const errors = [
      {
        field: 'commandId',
        value: commandId.length > 250 ? `${commandId.length} characters` : commandId.toWellFormed(),
        allowed,
      },
    ];
    return refusal('malformed', 'command-id-malformed', `a command id has ${allowed}`, { errors });
  }
  if (actor === '') return refusal('malformed', 'command-actor-missing', 'a command names its actor');
  try {
    return fingerprint(meta.asked === undefined ? command : { type: command.type, data: meta.asked });
  } catch (error) {
    return refusal('malformed', 'command-malformed', `${command.type} is not JSON: ${errorText(error)}`);
  }
};
