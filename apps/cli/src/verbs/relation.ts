import type { Command } from 'commander';
import { relationView, type RelationView } from '@yiqiu/contracts';
import { stringify } from 'yaml';
import { z } from 'zod';
import { nearest } from '../ask/nearest.ts';
import { CliError, exitCodes } from '../exit.ts';
import { printRows } from '../output/print.ts';
import { addList, type Noun } from './shared/listing.ts';
import type { Session } from './shared/session.ts';

const relations: Noun<RelationView> = {
  path: '/relations',
  item: relationView,
  nameOf: ({ requirer }) => requirer,
  filters: ['group', 'service'],
  columns: [
    { title: 'REQUIRER', value: ({ requirer }) => requirer },
    { title: 'PROVIDER', value: ({ provider }) => provider },
    { title: 'INTERFACE', value: (relation) => relation.interface },
    { title: 'READY', value: ({ ready }) => (ready ? 'yes' : 'no') },
    { title: 'UNITS', value: ({ data }) => String(Object.keys(data.units).length) },
    { title: 'SERVICE KEYS', value: ({ data }) => Object.keys(data.service).join(', ') || '-', flexible: true },
  ],
};

/** The relations that an endpoint, or a service, has part in; and what is said over them. */
const show = async (session: Session, name: string): Promise<void> => {
  const body = await session.rest.all('/relations');
  const all = z.array(relationView).parse(body.items);
  const isOf = (endpoint: string): boolean => endpoint === name || endpoint.split(':')[0] === name;
  const found = body.items.filter((_, index) => {
    const relation = all[index];
    return relation !== undefined && (relation.id === name || isOf(relation.requirer) || isOf(relation.provider));
  });
  if (found.length === 0) {
    const near = nearest(name, [...new Set(all.flatMap(({ requirer, provider }) => [requirer, provider]))]);
    const hint = near.length === 0 ? '' : `\n  Did you mean ${near.join(' or ')}?`;
    throw new CliError(exitCodes.notFound, `there is no relation of ${name}${hint}`, 'yiqiu relation list');
  }
  const rows = z.array(relationView).parse(found);
  const shown = found.length === 1 ? found[0] : { items: found, next: null };
  if (session.format !== 'table') return printRows(session.format, rows, relations.columns, shown, relations.nameOf);
  process.stdout.write(rows.map(sides).join('\n'));
};

/** What each side sees: the requirer the provider's bags. */
const sides = ({ requirer, provider, interface: kind, ready, data }: RelationView): string =>
  `${requirer} requires ${provider} (${kind}), ${ready ? 'ready' : 'not ready'}\n` +
  indented(`${provider} says, for the service:`, data.service) +
  Object.entries(data.units)
    .map(([ordinal, bag]) => indented(`${provider} says, for unit ${ordinal}:`, bag))
    .join('');

const indented = (title: string, bag: { readonly [key: string]: unknown }): string =>
  `  ${title}${Object.keys(bag).length === 0 ? ' nothing\n' : `\n${stringify(bag).replace(/^/gm, '    ').trimEnd()}\n`}`;

/** `yiqiu relation list|show` */
export const addRelation = (program: Command, session: Session): void => {
  const command = program.command('relation').description('who uses whom, and what they tell each other');
  addList(command, session, relations);
  command
    .command('show <endpoint>')
    .description('the data that each side sees, as of cache/proxy:upstream or cache/proxy')
    .action((name: string) => show(session, name));
};
