import type { Command } from 'commander';
import { unitVerbs, unitView, type UnitVerb, type UnitView } from '@yiqiu/contracts';
import { z } from 'zod';
import { unitPath } from '../ask/parse.ts';
import { printRows } from '../output/print.ts';
import { waitFor, withWaiting, type WaitOptions } from '../progress/wait.ts';
import { freshnessOf } from './shared/freshness.ts';
import { withReason, type ReasonOptions } from './shared/options.ts';
import type { Session } from './shared/session.ts';
import { unitColumns } from './status.ts';
import { addUnitLogs } from './unit-logs.ts';

const filters = ['group', 'service', 'state', 'machine'] as const;
type Filters = { readonly [name in (typeof filters)[number]]?: string };

const print = async (session: Session, units: readonly UnitView[], body: unknown): Promise<void> => {
  const columns = session.isForPeople ? unitColumns(await freshnessOf(session)) : [];
  printRows(session.format, units, columns, body, ({ name }) => name);
};

const about: { readonly [verb in UnitVerb]: string } = {
  retry: 'the failed step, once more',
  skip: 'go on without the failed step; with a reason',
  restart: 'stop and start its process',
  stop: 'stop it; it stays placed',
  start: 'start a stopped one',
};

type VerbOptions = WaitOptions & ReasonOptions;

const change = async (session: Session, verb: UnitVerb, name: string, options: VerbOptions): Promise<void> => {
  const { rest } = session;
  const answer = await rest.change('POST', `${unitPath(name)}/${verb}`, { reason: options.reason ?? null });
  await waitFor(rest, answer, options, `yiqiu unit show ${name}`);
  const body = await rest.get(unitPath(name));
  await print(session, [unitView.parse(body)], body);
};

/** `yiqiu unit list|show|retry|skip|restart|stop|start|logs` */
export const addUnit = (program: Command, session: Session): void => {
  const command = program.command('unit').description('instances of services');
  const list = command.command('list').description('all of them, or those that fit');
  for (const filter of filters) list.option(`--${filter} <value>`, `only of this ${filter}`);
  list.action(async (options: Filters) => {
    const body = await session.rest.all('/units', options);
    await print(session, z.array(unitView).parse(body.items), body);
  });
  command
    .command('show <unit>')
    .description('everything that is known of one')
    .action(async (name: string) => {
      const body = await session.rest.get(unitPath(name));
      if (session.format !== 'table') return print(session, [unitView.parse(body)], body);
      printRows('yaml', [], [], body, () => name);
    });
  for (const verb of unitVerbs) {
    const sub = withWaiting(command.command(`${verb} <unit>`).description(about[verb]));
    withReason(sub).action((name: string, options: VerbOptions) => change(session, verb, name, options));
  }
  addUnitLogs(command, session);
};
