import type { Command } from 'commander';
import { programRef, servicePath } from '../ask/parse.ts';
import { waitFor, withWaiting, type WaitOptions } from '../progress/wait.ts';
import { printServicePlan, serviceOf } from './shared/changes.ts';
import { withDryRun, withReason, type DryRunOptions, type ReasonOptions } from './shared/options.ts';
import type { Session } from './shared/session.ts';
import { printService } from './service.ts';

type UpgradeOptions = WaitOptions & ReasonOptions & DryRunOptions;

const upgrade = async (session: Session, name: string, program: string, options: UpgradeOptions): Promise<void> => {
  programRef(program);
  const service = await serviceOf(session, name);
  if (options.dryRun === true) return printServicePlan(session, service, { program });
  const body = { program, reason: options.reason ?? null };
  const answer = await session.rest.change('POST', `${servicePath(name)}/upgrade`, body);
  await waitFor(session.rest, answer, options, `yiqiu deployment list --service ${name}`);
  await printService(session, name);
};

/** `yiqiu upgrade SERVICE PROGRAM@VERSION`, `yiqiu reseed SERVICE` */
export const addUpgrade = (program: Command, session: Session): void => {
  const command = program.command('upgrade <service> <program@version>').description('another version, rolled out');
  withReason(withDryRun(withWaiting(command))).action((service: string, version: string, options: UpgradeOptions) =>
    upgrade(session, service, version, options),
  );
  const again = program
    .command('reseed <service>')
    .description('let one unit start its data anew, where all of it is lost');
  withWaiting(again)
    .requiredOption('--reason <text>', 'why; it is kept with the events')
    .action(async (name: string, options: WaitOptions & { readonly reason: string }) => {
      const path = `${servicePath(name)}/reseed`;
      const answer = await session.rest.change('POST', path, { reason: options.reason });
      await waitFor(session.rest, answer, options, `yiqiu status ${name.split('/')[0] ?? ''}`);
      await printService(session, name);
    });
};
