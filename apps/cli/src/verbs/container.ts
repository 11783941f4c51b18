import type { Command } from 'commander';
import { containerView, type ContainerView } from '@yiqiu/contracts';
import { coloured } from '../output/state.ts';
import { addList, addShow, type Noun } from './shared/listing.ts';
import type { Session } from './shared/session.ts';

const containers: Noun<ContainerView> = {
  path: '/containers',
  item: containerView,
  nameOf: ({ id }) => id,
  filters: ['state', 'machine', 'pool', 'service', 'group', 'package'],
  columns: [
    { title: 'ID', value: ({ id }) => id },
    { title: 'UNIT', value: ({ service, ordinal }) => `${service}/${ordinal}` },
    { title: 'INCARNATION', value: ({ incarnation }) => String(incarnation) },
    { title: 'STATE', value: ({ state }) => state, paint: coloured },
    { title: 'MACHINE', value: ({ machine }) => machine ?? '-' },
    {
      title: 'PORTS',
      value: ({ ports }) =>
        Object.entries(ports)
          .map(([name, port]) => `${name}:${port}`)
          .join(' ') || '-',
    },
    { title: 'PACKAGE', value: (container) => container.package },
    { title: 'REPLACES', value: ({ replaces }) => replaces ?? '-', wide: true },
    { title: 'MESSAGE', value: ({ message }) => message ?? '', flexible: true },
  ],
};

/** `yiqiu container list|show` */
export const addContainer = (program: Command, session: Session): void => {
  const command = program.command('container').description('what the resource layer gave to units');
  addList(command, session, containers);
  addShow(command, session, containers);
};
