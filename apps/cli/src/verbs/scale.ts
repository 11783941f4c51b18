import type { Command } from 'commander';
import { confirm } from '../ask/confirm.ts';
import { count, servicePath } from '../ask/parse.ts';
import { counted } from '../output/count.ts';
import { waitFor, withWaiting, type WaitOptions } from '../progress/wait.ts';
import { printServicePlan, serviceOf } from './shared/changes.ts';
import {
  withDryRun,
  withReason,
  withYes,
  type DryRunOptions,
  type ReasonOptions,
  type YesOptions,
} from './shared/options.ts';
import type { Session } from './shared/session.ts';
import { printService } from './service.ts';

type ScaleOptions = WaitOptions & YesOptions & ReasonOptions & DryRunOptions;

const scale = async (session: Session, name: string, text: string, options: ScaleOptions): Promise<void> => {
  const { rest } = session;
  const units = count('N', text);
  const service = await serviceOf(session, name);
  if (options.dryRun === true) return printServicePlan(session, service, { units });
  const { desired } = service;
  if (units < desired) {
    const leaving = Array.from({ length: desired - units }, (_, index) => `${name}/${units + index}`);
    const shown = leaving.length > 10 ? `${leaving.slice(0, 10).join(', ')}, …` : leaving.join(', ');
    await confirm(`scale ${name} from ${desired} to ${units}: ${shown} will go; their data is kept?`, options);
  }
  const answer = await rest.change('POST', `${servicePath(name)}/scale`, { units, reason: options.reason ?? null });
  await waitFor(rest, answer, options, `yiqiu status ${service.group}`);
  if (units === desired) session.say(`nothing to change: ${name} is to have ${counted(units, 'unit')} already`);
  await printService(session, name);
};

/** `yiqiu scale SERVICE N` */
export const addScale = (program: Command, session: Session): void => {
  const command = program
    .command('scale <service> <n>')
    .description('make a service have N units; asks where units go');
  withYes(withReason(withDryRun(withWaiting(command)))).action((service: string, n: string, options: ScaleOptions) =>
    scale(session, service, n, options),
  );
};
