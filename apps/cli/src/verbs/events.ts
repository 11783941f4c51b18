import type { Command } from 'commander';
import { eventView, type EventView } from '@yiqiu/contracts';
import { z } from 'zod';
import { count } from '../ask/parse.ts';
import { CliError, exitCodes } from '../exit.ts';
import { followEvents } from '../platform/follow.ts';
import { printRows, screenOf } from '../output/print.ts';
import { table } from '../output/table.ts';
import type { Query } from '../platform/rest.ts';
import { eventColumns, machineNames } from './shared/event-columns.ts';
import type { Session } from './shared/session.ts';

interface EventsOptions {
  readonly follow?: boolean;
  readonly from?: string;
  readonly context?: string;
  readonly stream?: string;
  readonly type?: string;
  readonly limit: string;
}

const page = z.object({ items: z.array(z.unknown()), next: z.string().nullable() });
const pageSize = 1_000;

const queryOf = ({ from, context, stream, type }: EventsOptions): Query => ({ from, context, stream, type });

const nameOf = ({ context, position }: EventView): string => `${context}:${position}`;

/** With `--from` everything from there; else the newest, the oldest of them first. */
const list = async (session: Session, options: EventsOptions): Promise<void> => {
  const limit = count('--limit', options.limit);
  if (limit < 1) throw new CliError(exitCodes.usage, '--limit 0: 1 or more is wanted');
  const backwards = options.from === undefined ? 'true' : undefined;
  const items: unknown[] = [];
  let cursor: string | undefined;
  for (;;) {
    const size = String(Math.min(pageSize, limit - items.length));
    const query = cursor === undefined ? queryOf(options) : { ...queryOf(options), from: undefined };
    const found = page.parse(await session.rest.get('/events', { ...query, backwards, cursor, limit: size }));
    items.push(...found.items);
    cursor = found.next ?? undefined;
    if (cursor === undefined || items.length >= limit) break;
  }
  if (backwards !== undefined) items.reverse();
  const rows = z.array(eventView).parse(items);
  const columns = session.isForPeople ? eventColumns(await machineNames(session)) : [];
  printRows(session.format, rows, columns, { items, next: cursor ?? null }, nameOf);
  if (cursor !== undefined && session.isForPeople) {
    session.say(
      `  there are more: --limit ${limit * 10}${backwards === undefined ? '' : ', or --from 1 for the beginning'}`,
    );
  }
};

/** Widths of columns as the events come: what was seen so far, so that lines rarely jump. */
const follow = async (session: Session, options: EventsOptions): Promise<void> => {
  const { format } = session;
  const screen = screenOf(format);
  const columns = session.isForPeople ? eventColumns(await machineNames(session)) : [];
  const shown = columns.filter(({ wide }) => format === 'wide' || wide !== true);
  const widths = [24, 13, 20, 16, 14];
  const padded = shown.map((column, at) => ({
    ...column,
    value: (event: EventView) => {
      const text = column.value(event);
      if (at < widths.length) widths[at] = Math.max(widths[at] ?? 0, text.length);
      return at < shown.length - 1 ? text.padEnd(widths[at] ?? 0) : text;
    },
  }));
  const line = (event: EventView): string => table([event], padded, screen).split('\n').slice(1).join('\n');
  for await (const body of followEvents(session, queryOf(options))) {
    const event = eventView.parse(body);
    if (format === 'json') process.stdout.write(`${JSON.stringify(body)}\n`);
    else if (format === 'name') process.stdout.write(`${nameOf(event)}\n`);
    else if (format === 'yaml') printRows('yaml', [], [], [body], () => '');
    else process.stdout.write(line(event));
  }
};

/** `yiqiu events [--follow] [--from P --context C] [--stream S] [--type T]` */
export const addEvents = (program: Command, session: Session): void => {
  program
    .command('events')
    .description('what happened, in the order (hlc, context)')
    .option('--follow', 'stay, and print what comes')
    .option('--from <position>', 'from this position of --context on; 1 without a context is the beginning')
    .option('--context <context>', 'machine, resource or service')
    .option('--stream <stream>', 'only of this stream, as unit/<uid>')
    .option('--type <type>', 'only of this type, as UnitReady')
    .option('--limit <n>', 'at most so many', '1000')
    .action((options: EventsOptions) => (options.follow === true ? follow(session, options) : list(session, options)));
};
