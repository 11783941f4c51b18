import type { Command } from 'commander';
import { confirm } from '../ask/confirm.ts';
import { waitFor, withWaiting, type WaitOptions } from '../progress/wait.ts';
import type { Query } from '../platform/rest.ts';
import { printGroup } from './group.ts';
import { readGroupFile, withFile, type GroupFile } from './shared/document.ts';
import {
  withDryRun,
  withReason,
  withYes,
  type DryRunOptions,
  type ReasonOptions,
  type YesOptions,
} from './shared/options.ts';
import { isEmpty, planOf, printPlan } from './shared/plan.ts';
import type { Session } from './shared/session.ts';
import { printStatus } from './status.ts';

interface PlanOptions {
  readonly file: string;
  readonly prune?: boolean;
  readonly take?: boolean;
}

type ApplyOptions = PlanOptions & WaitOptions & YesOptions & ReasonOptions & DryRunOptions & { readonly plan?: string };

const yaml = { contentType: 'application/yaml' } as const;

const withDocument = (command: Command): Command =>
  command
    .requiredOption('-f, --file <file>', 'group document, YAML or JSON; - is stdin')
    .option('--prune', 'remove services that the document does not name any more')
    .option('--take', 'overwrite what a person changed since the last apply');

const wantedBy = ({ prune, take }: PlanOptions): Query => ({
  prune: prune === true ? 'true' : undefined,
  take: take === true ? 'true' : undefined,
});

const groupPath = ({ name }: GroupFile): string => `/groups/${encodeURIComponent(name)}`;

const planned = async (session: Session, document: GroupFile, options: PlanOptions): Promise<unknown> => {
  const query = { ...wantedBy(options), dryRun: 'true' };
  const asked = session.rest.change('PUT', groupPath(document), document.text, { ...yaml, query });
  return (await withFile(document.file, asked)).body;
};

const plan = async (session: Session, options: PlanOptions): Promise<void> => {
  const document = readGroupFile(options.file);
  const body = await planned(session, document, options);
  const found = planOf(body);
  printPlan(session, found, body);
  if (session.isForPeople && !isEmpty(found)) session.say(`  next: yiqiu apply -f ${options.file} --plan ${found.id}`);
};

const apply = async (session: Session, options: ApplyOptions): Promise<void> => {
  if (options.dryRun === true) return plan(session, options);
  const document = readGroupFile(options.file);
  const { rest } = session;
  let id = options.plan;
  if (id === undefined) {
    const body = await planned(session, document, options);
    const found = planOf(body);
    if (isEmpty(found)) {
      if (session.isForPeople) printPlan(session, found, body);
      return shown(session, document.name);
    }
    if (session.isForPeople) printPlan(session, found, body);
    id = found.id;
  }
  await confirm(`apply plan ${id} to group ${document.name}?`, options);
  const query = { ...wantedBy(options), plan: id, reason: options.reason };
  const answer = await withFile(
    document.file,
    rest.change('PUT', groupPath(document), document.text, { ...yaml, query }),
  );
  await waitFor(rest, answer, options, `yiqiu status ${document.name}`);
  await shown(session, document.name);
};

/** How the group is now; for programs, REST's body of the group. */
const shown = async (session: Session, name: string): Promise<void> => {
  if (session.isForPeople) return printStatus(session, name);
  await printGroup(session, name);
};

/** `yiqiu plan` and `yiqiu apply`. */
export const addApply = (program: Command, session: Session): void => {
  withDocument(program.command('plan'))
    .description('show what apply would do')
    .action((options: PlanOptions) => plan(session, options));
  const command = program
    .command('apply')
    .description('make a group what the document says: shows the plan, asks, waits')
    .option('--plan <id>', 'do exactly this plan, or nothing where the world moved');
  withYes(withReason(withDryRun(withWaiting(withDocument(command))))).action((options: ApplyOptions) =>
    apply(session, options),
  );
};
