import type { Command } from 'commander';
import { statusView, type ServiceView, type StatusView, type UnitView } from '@yiqiu/contracts';
import pc from 'picocolors';
import { ago } from '../output/age.ts';
import { printRows, screenOf, type Column } from '../output/print.ts';
import { coloured } from '../output/state.ts';
import { table } from '../output/table.ts';
import { freshnessOf, shownState, type Freshness } from './shared/freshness.ts';
import type { Session } from './shared/session.ts';

const serviceColumns: readonly Column<ServiceView>[] = [
  { title: 'SERVICE', value: ({ name }) => name },
  { title: 'PROGRAM', value: ({ program }) => program },
  { title: 'PACKAGE', value: (service) => service.package },
  { title: 'READY', value: ({ ready, desired }) => `${ready}/${desired}` },
  { title: 'STATE', value: ({ state }) => state, paint: coloured },
  { title: 'CONFIG', value: ({ configRevision }) => `r${configRevision}` },
  { title: 'MESSAGE', value: ({ message }) => message ?? '', flexible: true },
];

export const addressOf = ({ ip, ports }: Pick<UnitView, 'ip' | 'ports'>): string => {
  const [port] = Object.values(ports);
  return ip === null ? '-' : port === undefined ? ip : `${ip}:${port}`;
};

const roleOf = ({ leader, role }: UnitView): string =>
  [leader ? 'leader' : null, role].filter(Boolean).join(' ') || '-';

export const unitColumns = (fresh: Freshness): readonly Column<UnitView>[] => [
  { title: 'UNIT', value: ({ name }) => name },
  { title: 'STATE', value: (unit) => shownState(unit, fresh), paint: coloured },
  { title: 'STEP', value: ({ step }) => step ?? '-', wide: true },
  { title: 'ROLE', value: roleOf },
  { title: 'MACHINE', value: ({ machine }) => machine ?? '-' },
  { title: 'ADDRESS', value: addressOf },
  { title: 'HEALTH', value: ({ health }) => health, wide: true },
  { title: 'INCARNATION', value: ({ incarnation }) => String(incarnation), wide: true },
  { title: 'SEEN', value: ({ observedAt }) => ago(observedAt, fresh.now) },
  { title: 'MESSAGE', value: ({ message }) => message ?? '', flexible: true },
];

/** One screen: groups, their services and units, machines by state, alarms, what to type next. */
export const printStatus = async (session: Session, group: string | undefined): Promise<void> => {
  const [body, fresh] = await Promise.all([
    session.rest.get('/status', { group }),
    session.isForPeople ? freshnessOf(session) : null,
  ]);
  const status = statusView.parse(body);
  if (fresh === null) {
    const units = status.groups.flatMap((found) => found.units);
    return printRows(session.format, units, [], body, ({ name }) => name);
  }
  process.stdout.write(screen(session, status, fresh));
};

const screen = (session: Session, status: StatusView, fresh: Freshness): string => {
  const shape = screenOf(session.format);
  const isWide = session.format === 'wide';
  const bold = (text: string): string => (shape.colours ? pc.bold(text) : text);
  const visible = <T>(columns: readonly Column<T>[]): readonly Column<T>[] =>
    columns.filter(({ wide }) => isWide || wide !== true);
  const groups = status.groups.flatMap(({ name, services, units }) => [
    `${bold(`GROUP ${name}`)}\n`,
    services.length === 0 ? 'no services\n' : table(services, visible(serviceColumns), shape),
    units.length === 0 ? '' : `\n${table(units, visible(unitColumns(fresh)), shape)}`,
    '\n',
  ]);
  const machines = Object.entries(status.machines).map(
    ([state, count]) => `${count} ${shape.colours ? coloured(state) : state}`,
  );
  const alarms = status.alarms.map(
    ({ id, kind, pool, machine, since, message }) =>
      `  ${id} ${kind} ${machine ?? pool ?? ''} since ${ago(since, fresh.now)}: ${message}\n`,
  );
  return [
    ...(groups.length === 0 ? ['no groups\n\n'] : groups),
    `${bold('MACHINES')}  ${machines.length === 0 ? 'none' : machines.join(', ')}\n`,
    `${bold('ALARMS')}    ${alarms.length === 0 ? 'none' : alarms.length}\n`,
    ...alarms,
    ...status.next.map((line, index) => `${index === 0 ? bold('NEXT') : '    '}      ${line}\n`),
  ].join('');
};

/** `yiqiu status [GROUP]` */
export const addStatus = (program: Command, session: Session): void => {
  program
    .command('status [group]')
    .description('one screen: groups, services, units, machines, alarms, what to type next')
    .action((group: string | undefined) => printStatus(session, group));
};
