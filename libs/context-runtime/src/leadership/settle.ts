import type { Command, ContextName } from '@yiqiu/kernel';
import type { CommandRow, EventLog, Head } from '@yiqiu/event-log';
import { unavailable, type InFlight } from '../writer/index.ts';

/**
 * Answers for a batch whose outcome was lost, once `takeOver` has made it certain: by the row of each command. Where the
 * batch was stored its refusals stand too; where it was not, everybody may send again.
 */
export const settle = async <C extends Command>(
  batch: InFlight<C>,
  { log, head, context }: { readonly log: EventLog; readonly head: Head; readonly context: ContextName },
): Promise<void> => {
  const ids = [...new Set(batch.waiting.map(({ item }) => item.meta.commandId))];
  const rows = ids.length === 0 ? new Map<string, CommandRow>() : await log.commands(ids);
  const stored = batch.toStore?.commands.some(({ id }) => rows.has(id)) ?? false;
  for (const { item, answer } of batch.waiting) {
    const row = rows.get(item.meta.commandId);
    const recorded = row?.fingerprint === item.fingerprint;
    if (recorded && answer.ok) item.resolve(answer.submitted);
    else if (stored && !answer.ok) item.reject(answer.error);
    else item.reject(unavailable(context, 'the connection to its log was lost before the command was stored'));
  }
  for (const item of batch.adopted) {
    const cursor = head.cursors[item.context];
    if (cursor?.position === item.position && cursor.lineage === item.lineage) item.resolve();
    else item.reject(unavailable(context, 'the connection to its log was lost'));
  }
};
