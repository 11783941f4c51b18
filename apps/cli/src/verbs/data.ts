import type { Command } from 'commander';
import { dataView, type DataView } from '@yiqiu/contracts';
import { z } from 'zod';
import { confirm } from '../ask/confirm.ts';
import { nearest } from '../ask/nearest.ts';
import { CliError, exitCodes } from '../exit.ts';
import { ago } from '../output/age.ts';
import { waitFor, withWaiting, type WaitOptions } from '../progress/wait.ts';
import { addList, printItem, type Noun } from './shared/listing.ts';
import { withReason, withYes, type ReasonOptions, type YesOptions } from './shared/options.ts';
import type { Session } from './shared/session.ts';

const bytes = (size: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const at = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, size)) / 10));
  return `${at === 0 ? size : (size / 1024 ** at).toFixed(1)} ${units[at] ?? 'B'}`;
};

const data: Noun<DataView> = {
  path: '/data',
  item: dataView,
  nameOf: ({ id }) => id,
  filters: ['unit', 'machine', 'kind'],
  columns: [
    { title: 'ID', value: ({ id }) => id },
    { title: 'UNIT', value: ({ unit }) => unit },
    { title: 'INCARNATION', value: ({ incarnation }) => String(incarnation) },
    { title: 'KIND', value: ({ kind }) => kind },
    { title: 'MACHINE', value: ({ machine }) => machine },
    { title: 'SIZE', value: ({ sizeBytes }) => bytes(sizeBytes) },
    { title: 'SINCE', value: ({ since }) => ago(since, Date.now()) },
    { title: 'PATH', value: ({ path }) => path, flexible: true },
  ],
};

const at = (id: string): string => `/data/${encodeURIComponent(id)}`;

type PurgeOptions = WaitOptions & YesOptions & ReasonOptions;
type AdoptOptions = WaitOptions & ReasonOptions & { readonly unit?: string };

const find = async (session: Session, id: string): Promise<DataView> => {
  const rows = z.array(dataView).parse((await session.rest.all('/data')).items);
  const found = rows.find((row) => row.id === id);
  if (found !== undefined) return found;
  const near = nearest(
    id,
    rows.map((row) => row.id),
  );
  const hint = near.length === 0 ? '' : `\n  Did you mean ${near.join(' or ')}?`;
  throw new CliError(exitCodes.notFound, `there is no data ${id}${hint}`, 'yiqiu data list');
};

const purge = async (session: Session, id: string, options: PurgeOptions): Promise<void> => {
  const { unit, incarnation, machine, path, sizeBytes } = await find(session, id);
  const what = `${bytes(sizeBytes)} of ${unit}#${incarnation} on ${machine} (${path})`;
  await confirm(`delete ${what} for good?`, options);
  const answer = await session.rest.change('POST', `${at(id)}/purge`, { reason: options.reason ?? null });
  await waitFor(session.rest, answer, options, `yiqiu data list`);
  if (session.isForPeople) process.stdout.write(`${what} is deleted\n`);
  else printItem(session, data, answer.body);
};

const adopt = async (session: Session, id: string, options: AdoptOptions): Promise<void> => {
  const body = { reason: options.reason ?? null, ...(options.unit === undefined ? {} : { unit: options.unit }) };
  const answer = await session.rest.change('POST', `${at(id)}/adopt`, body);
  await waitFor(session.rest, answer, options, `yiqiu data list`);
  printItem(session, { ...data, asTable: true }, answer.body);
};

/** `yiqiu data list|adopt|purge` */
export const addData = (program: Command, session: Session): void => {
  const command = program.command('data').description('data that no unit uses: orphaned by removals, or stale');
  addList(command, session, data);
  withReason(withWaiting(command.command('adopt <id>')))
    .description('give it back to a unit')
    .option('--unit <unit>', 'to this one; without it to the unit that it came from')
    .action((id: string, options: AdoptOptions) => adopt(session, id, options));
  withYes(withReason(withWaiting(command.command('purge <id>'))))
    .description('delete it for good; asks')
    .action((id: string, options: PurgeOptions) => purge(session, id, options));
};
