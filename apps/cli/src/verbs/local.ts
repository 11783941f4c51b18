import type { Command } from 'commander';
import { printRows, type Column } from '../output/print.ts';
import { askFate, type FateRow } from '../platform/fate.ts';
import { coloured } from '../output/state.ts';
import type { Session } from './shared/session.ts';

const columns: readonly Column<FateRow>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'KIND', value: (row) => row.kind },
  { title: 'STATE', value: (row) => row.state, paint: coloured },
  {
    title: 'PIDS',
    value: (row) =>
      row.pids.length > 4 ? `${row.pids.slice(0, 4).join(' ')} … (${row.pids.length})` : row.pids.join(' '),
  },
];

const about = {
  kill: 'SIGKILL to all that belongs to them; platform processes and agents come back after a second, machines do not',
  start: 'start what is down',
  pause: 'SIGSTOP',
  resume: 'SIGCONT',
} as const;

/** `yiqiu local`: plays fate on a local platform. Never asks. */
export const addLocal = (program: Command, session: Session): void => {
  const local = program
    .command('local')
    .description('play fate on the local platform: machines, agents, units, platform processes');
  const show = async (verb: string, names: readonly string[]): Promise<void> => {
    const { format } = session;
    const rows = await askFate(session.dataDir, verb, names);
    printRows(format, rows, columns, rows, ({ name }) => name);
  };
  local
    .command('list')
    .description('what there is, and its state')
    .action(() => show('list', []));
  for (const [verb, text] of Object.entries(about)) {
    local
      .command(`${verb} <name...>`)
      .description(text)
      .action((names: string[]) => show(verb, names));
  }
};
