import type { Command } from 'commander';
import { groupView, statusView } from '@yiqiu/contracts';
import { confirm } from '../ask/confirm.ts';
import { counted } from '../output/count.ts';
import { printRows } from '../output/print.ts';
import { waitFor, withWaiting, type WaitOptions } from '../progress/wait.ts';
import {
  withDryRun,
  withReason,
  withYes,
  type DryRunOptions,
  type ReasonOptions,
  type YesOptions,
} from './shared/options.ts';
import { printPlan } from './shared/plan.ts';
import type { Session } from './shared/session.ts';

type DestroyOptions = WaitOptions & YesOptions & ReasonOptions & DryRunOptions;

const shownMax = 10;

const some = (names: readonly string[]): string =>
  names.length <= shownMax ? names.join(', ') : `${names.slice(0, shownMax).join(', ')}, … `;

const unitsText = (names: readonly string[]): string =>
  `${counted(names.length, 'unit')}${names.length === 0 ? '' : ` (${some(names)})`}`;

const destroy = async (session: Session, name: string, options: DestroyOptions): Promise<void> => {
  const { rest } = session;
  const path = `/groups/${encodeURIComponent(name)}`;
  const [group, status] = await Promise.all([rest.get(path), rest.get('/status', { group: name })]);
  const { revision } = groupView.parse(group);
  const [found] = statusView.parse(status).groups;
  const units = (found?.units ?? []).map((unit) => unit.name);
  const services = (found?.services ?? []).map((service) => service.name);
  if (options.dryRun === true) {
    const plan = { id: '', group: name, revision, changes: [], requirers: [], deletes: [...services, ...units] };
    return session.isForPeople
      ? void process.stdout.write(`would remove ${unitsText(units)}; their data is kept\n`)
      : printPlan(session, plan, plan);
  }
  await confirm(`destroy group ${name} with ${unitsText(units)}; their data is kept?`, options);
  const answer = await rest.change('DELETE', path, undefined, { ifMatch: revision, query: { reason: options.reason } });
  await waitFor(rest, answer, options, `yiqiu status ${name}`);
  if (options.detach === true) return;
  if (session.isForPeople) {
    process.stdout.write(`group ${name} is destroyed with ${counted(units.length, 'unit')}; their data is kept\n`);
    session.say('  next: yiqiu data list');
  } else printRows(session.format, [name], [], answer.body, (found) => found);
};

/** `yiqiu destroy GROUP` */
export const addDestroy = (program: Command, session: Session): void => {
  const command = program
    .command('destroy <group>')
    .description('remove a group; its data is kept, and listed by data list');
  withYes(withReason(withDryRun(withWaiting(command)))).action((group: string, options: DestroyOptions) =>
    destroy(session, group, options),
  );
};
