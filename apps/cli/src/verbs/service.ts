import type { Command } from 'commander';
import { serviceView, type ServiceView } from '@yiqiu/contracts';
import { servicePath } from '../ask/parse.ts';
import { coloured } from '../output/state.ts';
import { printRows } from '../output/print.ts';
import { waitFor, withWaiting, type WaitOptions } from '../progress/wait.ts';
import { addList, addShow, type Noun } from './shared/listing.ts';
import { withReason, type ReasonOptions } from './shared/options.ts';
import type { Session } from './shared/session.ts';

const services: Noun<ServiceView> = {
  path: '/services',
  item: serviceView,
  nameOf: ({ name }) => name,
  filters: ['group', 'state', 'program'],
  columns: [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'PROGRAM', value: ({ program }) => program },
    { title: 'PACKAGE', value: (service) => service.package },
    { title: 'POOLS', value: ({ pools }) => pools.join(', ') },
    { title: 'READY', value: ({ ready, desired }) => `${ready}/${desired}` },
    { title: 'STATE', value: ({ state }) => state, paint: coloured },
    { title: 'LEADER', value: ({ leader }) => (leader === null ? '-' : String(leader)) },
    { title: 'CONFIG', value: ({ configRevision }) => `r${configRevision}` },
    { title: 'MESSAGE', value: ({ message }) => message ?? '', flexible: true },
  ],
};

/** A service as it is now. */
export const printService = async (session: Session, name: string): Promise<void> => {
  const body = await session.rest.get(servicePath(name));
  printRows(session.format, [serviceView.parse(body)], services.columns, body, services.nameOf);
};

const verbs = {
  'step-down': 'make another unit the leader',
  restart: 'restart its units, one after another',
} as const;

type VerbOptions = WaitOptions & ReasonOptions;

/** `yiqiu service list|show|step-down|restart` */
export const addService = (program: Command, session: Session): void => {
  const command = program.command('service').description('components of a group');
  addList(command, session, services);
  addShow(command, session, services, servicePath);
  for (const [verb, about] of Object.entries(verbs)) {
    withReason(withWaiting(command.command(`${verb} <service>`).description(about))).action(
      async (name: string, options: VerbOptions) => {
        const { rest } = session;
        const answer = await rest.change('POST', `${servicePath(name)}/${verb}`, { reason: options.reason ?? null });
        await waitFor(rest, answer, options, `yiqiu status ${name.split('/')[0] ?? ''}`);
        await printService(session, name);
      },
    );
  }
};
