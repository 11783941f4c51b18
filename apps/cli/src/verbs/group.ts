import type { Command } from 'commander';
import { groupView, type GroupView } from '@yiqiu/contracts';
import { addList, addShow, printItem, type Noun } from './shared/listing.ts';
import type { Session } from './shared/session.ts';

const groups: Noun<GroupView> = {
  path: '/groups',
  item: groupView,
  nameOf: ({ name }) => name,
  filters: [],
  columns: [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'REVISION', value: ({ revision }) => String(revision) },
    { title: 'SERVICES', value: ({ services }) => services.join(', '), flexible: true },
    { title: 'RELATIONS', value: ({ relations }) => String(relations.length) },
    { title: 'VIRTUAL', value: ({ virtual }) => virtual.join(', '), flexible: true },
  ],
};

/** A group as REST gives it. */
export const printGroup = async (session: Session, name: string): Promise<void> =>
  printItem(session, groups, await session.rest.get(`/groups/${encodeURIComponent(name)}`));

/** `yiqiu group list|show` */
export const addGroup = (program: Command, session: Session): void => {
  const command = program.command('group').description('clustered applications');
  addList(command, session, groups);
  addShow(command, session, groups);
};
