import type { Command } from 'commander';
import { addList, addShow } from '../shared/listing.ts';
import type { Session } from '../shared/session.ts';
import { addAdd } from './add.ts';
import { machines } from './columns.ts';
import { addDeclareDead, addLabelAndMaintenance, addSeedVerbs } from './verbs.ts';

/** `yiqiu machine list|add|show` and the seed's verbs. */
export const addMachine = (program: Command, session: Session): void => {
  const command = program.command('machine').description('machines, with the seed’s states and verbs');
  addList(command, session, machines);
  addAdd(command, session);
  addShow(command, session, machines);
  addSeedVerbs(command, session);
  addLabelAndMaintenance(command, session);
  addDeclareDead(command, session);
};
