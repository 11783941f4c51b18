import type { Command } from 'commander';
import { z } from 'zod';
import { printRows, type Column } from '../../output/print.ts';
import type { Session } from './session.ts';

/** A noun that REST lists and shows. */
export interface Noun<T> {
  /** REST path of the list. */
  readonly path: string;
  readonly item: z.ZodType<T>;
  readonly columns: readonly Column<T>[];
  readonly nameOf: (item: T) => string;
  /** Query parameters of the list, offered as options. */
  readonly filters: readonly string[];
}

type Filters = { readonly [name: string]: string | undefined };

/** `NOUN list [--FILTER VALUE]` */
export const addList = <T>(command: Command, session: Session, noun: Noun<T>): Command => {
  const list = command
    .command('list')
    .description(`all of them${noun.filters.length > 0 ? ', or those that fit' : ''}`);
  for (const filter of noun.filters) list.option(`--${filter} <value>`, `only of this ${filter}`);
  return list.action((options: Filters) => printList(session, noun, options));
};

export const printList = async <T>(session: Session, noun: Noun<T>, filters: Filters): Promise<void> => {
  const { format } = session;
  const query = Object.fromEntries(noun.filters.map((name) => [name, filters[name]]));
  const body = await session.rest.all(noun.path, query);
  printRows(format, z.array(noun.item).parse(body.items), noun.columns, body, noun.nameOf);
};

/** `NOUN show NAME` */
export const addShow = <T>(
  command: Command,
  session: Session,
  noun: Noun<T>,
  pathOf: (name: string) => string = (name) => `${noun.path}/${encodeURIComponent(name)}`,
): Command =>
  command
    .command('show <name>')
    .description('everything that is known of one')
    .action(async (name: string) => printItem(session, noun, await session.rest.get(pathOf(name))));

interface ItemShape<T> extends Pick<Noun<T>, 'item' | 'columns' | 'nameOf'> {
  /** The answer to a change: its row says enough. Else people get everything, as YAML. */
  readonly asTable?: boolean;
}

/** One item: everything as YAML for people, else as asked for. */
export const printItem = <T>(
  session: Session,
  { item, columns, nameOf, asTable }: ItemShape<T>,
  body: unknown,
): void => {
  const { format } = session;
  const shown = format === 'table' && asTable !== true ? 'yaml' : format;
  printRows(shown, [item.parse(body)], columns, body, nameOf);
};
