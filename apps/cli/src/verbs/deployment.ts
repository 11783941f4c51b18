import type { Command } from 'commander';
import { deploymentView, type DeploymentView } from '@yiqiu/contracts';
import { ago } from '../output/age.ts';
import { coloured } from '../output/state.ts';
import { addList, addShow, printItem, type Noun } from './shared/listing.ts';
import { withReason, type ReasonOptions } from './shared/options.ts';
import type { Session } from './shared/session.ts';

const deployments: Noun<DeploymentView> = {
  path: '/deployments',
  item: deploymentView,
  nameOf: ({ id }) => id,
  filters: ['group', 'service', 'state', 'kind'],
  columns: [
    { title: 'ID', value: ({ id }) => id },
    { title: 'SERVICE', value: ({ service }) => service },
    { title: 'KIND', value: ({ kind }) => kind },
    { title: 'STATE', value: ({ state }) => state, paint: coloured },
    { title: 'UNITS', value: ({ units }) => `${units.done}/${units.total}` },
    { title: 'FAILED', value: ({ units }) => String(units.failed) },
    { title: 'BATCH', value: ({ batch }) => String(batch) },
    { title: 'STARTED', value: ({ startedAt }) => ago(startedAt, Date.now()) },
    { title: 'ENDED', value: ({ endedAt }) => ago(endedAt, Date.now()) },
    { title: 'MESSAGE', value: ({ message }) => message ?? '', flexible: true },
  ],
};

const verbs = {
  pause: 'start no further unit',
  resume: 'go on',
  cancel: 'end it where it is',
} as const;

/** `yiqiu deployment list|show|pause|resume|cancel` */
export const addDeployment = (program: Command, session: Session): void => {
  const command = program.command('deployment').description('roll-outs: versions, configs, restarts');
  addList(command, session, deployments);
  addShow(command, session, deployments);
  for (const [verb, about] of Object.entries(verbs)) {
    withReason(command.command(`${verb} <id>`).description(about)).action(
      async (id: string, { reason }: ReasonOptions) => {
        const path = `/deployments/${encodeURIComponent(id)}`;
        const answer = await session.rest.change('POST', `${path}/${verb}`, { reason: reason ?? null });
        const body = answer.body ?? (await session.rest.get(path));
        printItem(session, { ...deployments, asTable: true }, body);
      },
    );
  }
};
