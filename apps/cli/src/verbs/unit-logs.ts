import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { logLinesDefault, logLinesMax, processSource, unitLogsView, type UnitLogsView } from '@yiqiu/contracts';
import { count, unitPath } from '../ask/parse.ts';
import { CliError, exitCodes } from '../exit.ts';
import { printRows } from '../output/print.ts';
import type { Session } from './shared/session.ts';

interface LogsOptions {
  readonly tail: string;
  readonly follow?: boolean;
  readonly hook?: string;
}

/** Between two looks, ms; where one fails it doubles, up to the longest. */
const pollMs = 1_000;
const pollMsMax = 30_000;

const show = async (session: Session, name: string, options: LogsOptions): Promise<void> => {
  const path = `${unitPath(name)}/logs`;
  const tail = count('--tail', options.tail);
  if (tail < 1 || tail > logLinesMax) {
    throw new CliError(exitCodes.usage, `--tail ${options.tail}: 1 to ${logLinesMax} lines are allowed`);
  }
  const source = options.hook ?? processSource;
  const first = await look(session, path, { source, tail: String(tail) });
  print(session, first, options.follow === true);
  notes(session, first);
  if (options.follow === true) await follow(session, path, source, first);
};

const look = async (
  session: Session,
  path: string,
  query: { readonly [name: string]: string },
): Promise<{ readonly body: unknown; readonly logs: UnitLogsView }> => {
  const body = await session.rest.get(path, query);
  return { body, logs: unitLogsView.parse(body) };
};

type Looked = Awaited<ReturnType<typeof look>>;

const print = ({ format }: Session, { body, logs }: Looked, isOneOfMany: boolean): void => {
  if (format === 'table' || format === 'wide') process.stdout.write(logs.text);
  else if (format === 'json' && isOneOfMany) process.stdout.write(`${JSON.stringify(body)}\n`);
  else printRows(format, [logs], [], body, ({ unit }) => unit);
};

/** What the text does not say; stdout is the log only. */
const notes = (session: Session, { logs }: Looked): void => {
  const { writtenAt, truncated, source, unit, machine } = logs;
  if (!session.isForPeople) return;
  const what = source === processSource ? 'its process' : `hook ${source}`;
  if (writtenAt === null) session.say(`  ${what} has printed nothing on ${machine} (${unit})`);
  if (truncated)
    session.say('  some lines are missing: there were more than an answer holds, or they are rotated away');
};

/** Until Ctrl-C. The platform or the agent may be away for a while; a unit that is gone ends it. */
const follow = async (session: Session, path: string, source: string, first: Looked): Promise<void> => {
  process.once('SIGINT', () => process.exit(exitCodes.done));
  let { cursor, more } = first.logs;
  let waitMs = pollMs;
  let said = '';
  for (;;) {
    if (!more) await delay(waitMs);
    try {
      const next = await look(session, path, { source, cursor });
      if (next.logs.text !== '' || next.logs.truncated) {
        print(session, next, true);
        notes(session, next);
      }
      ({ cursor, more } = next.logs);
      waitMs = pollMs;
      said = '';
    } catch (error) {
      if (!(error instanceof CliError) || error.exitCode === exitCodes.notFound) throw error;
      if (said !== error.message) session.say(`  ${error.message}; asking again`);
      said = error.message;
      more = false;
      waitMs = Math.min(waitMs * 2, pollMsMax);
    }
  }
};

/** `unit logs UNIT [--tail N] [--follow] [--hook NAME]` */
export const addUnitLogs = (unit: Command, session: Session): void => {
  unit
    .command('logs <unit>')
    .description('the end of what its process printed, or a hook')
    .option('--tail <n>', `so many lines, up to ${logLinesMax}`, String(logLinesDefault))
    .option('-f, --follow', 'stay, and print what comes; Ctrl-C ends it')
    .option('--hook <name>', 'what the last run of this hook printed, as install, start, config-changed')
    .action((name: string, options: LogsOptions) => show(session, name, options));
};
