import type { Command } from 'commander';
import { programView, revisionView, serviceView, type RevisionView, type ServiceView } from '@yiqiu/contracts';
import { castConfig, type JsonValue, type Manifest } from '@yiqiu/program';
import { z } from 'zod';
import { assignments, count, programRef, servicePath } from '../ask/parse.ts';
import { CliError, exitCodes } from '../exit.ts';
import { ago } from '../output/age.ts';
import { printRows, type Column } from '../output/print.ts';
import { waitFor, withWaiting, type WaitOptions } from '../progress/wait.ts';
import { printServicePlan, serviceOf } from './shared/changes.ts';
import { withDryRun, withReason, type DryRunOptions, type ReasonOptions } from './shared/options.ts';
import type { Session } from './shared/session.ts';
import { printService } from './service.ts';

type ChangeOptions = WaitOptions & ReasonOptions & DryRunOptions;
type Values = { readonly [key: string]: JsonValue };
type Schema = Manifest['config'];

const schemaShape = z.looseObject({
  type: z.literal('object'),
  properties: z.record(z.string(), z.looseObject({})),
});

/** The config schema of the program that the service runs. */
const schemaOf = async (session: Session, { program }: ServiceView): Promise<Schema> => {
  const { name, version } = programRef(program);
  const { manifest } = programView.parse(
    await session.rest.get(`/programs/${encodeURIComponent(name)}/${encodeURIComponent(version)}`),
  );
  // It is the platform's own copy of a manifest that was checked when it was pushed.
  return schemaShape.parse(manifest['config']) as Schema;
};

/** What the schema says of one key. */
const keyOf = ({ properties }: Schema, key: string): { readonly [name: string]: unknown } => {
  const found = properties[key];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : {};
};

const text = (value: unknown): string =>
  value === undefined || value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value);

interface Row {
  readonly key: string;
  readonly value: unknown;
  readonly schema: { readonly [name: string]: unknown };
}

const columns: readonly Column<Row>[] = [
  { title: 'KEY', value: ({ key }) => key },
  { title: 'VALUE', value: ({ value }) => text(value), flexible: true },
  { title: 'DEFAULT', value: ({ schema }) => text(schema['default']), flexible: true },
  { title: 'TYPE', value: ({ schema }) => text(schema['type']) },
  { title: 'APPLY', value: ({ schema }) => text(schema['x-apply']) },
  { title: 'DESCRIPTION', value: ({ schema }) => text(schema['description']), flexible: true },
];

const get = async (session: Session, name: string, keys: readonly string[]): Promise<void> => {
  const service = await serviceOf(session, name);
  const schema = await schemaOf(session, service);
  const known = [...new Set([...Object.keys(schema.properties), ...Object.keys(service.config)])].sort();
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new CliError(exitCodes.notFound, `${name} has no config key ${unknown}; there are: ${known.join(', ')}`);
  }
  const shown = keys.length === 0 ? known : known.filter((key) => keys.includes(key));
  const rows = shown.map((key): Row => ({ key, value: service.config[key], schema: keyOf(schema, key) }));
  const body = Object.fromEntries(shown.map((key) => [key, service.config[key] ?? null]));
  printRows(session.format, rows, columns, body, ({ key }) => key);
};

const cast = (schema: Schema, words: readonly string[]): Values => {
  const found = castConfig({ config: schema }, assignments(words));
  if ('values' in found) return found.values;
  const lines = found.problems.map(
    ({ field, value, reason, allowed }) => `${field}: ${reason}; it was ${value}, allowed: ${allowed}`,
  );
  throw new CliError(exitCodes.refused, lines.join('\n'));
};

const patch = async (session: Session, service: ServiceView, values: Values, options: ChangeOptions): Promise<void> => {
  if (options.dryRun === true) return printServicePlan(session, service, { config: values });
  const query = { reason: options.reason };
  const answer = await session.rest.change('PATCH', `${servicePath(service.name)}/config`, values, { query });
  await waitFor(session.rest, answer, options, `yiqiu status ${service.group}`);
  const { configRevision } = serviceView.parse(answer.body);
  if (configRevision === service.configRevision) session.say('nothing to change: the config is so already');
  await printService(session, service.name);
};

const set = async (session: Session, name: string, words: string[], options: ChangeOptions): Promise<void> => {
  const service = await serviceOf(session, name);
  await patch(session, service, cast(await schemaOf(session, service), words), options);
};

const revisionColumns: readonly Column<RevisionView>[] = [
  { title: 'REVISION', value: ({ revision }) => String(revision) },
  { title: 'AT', value: ({ at }) => ago(at, Date.now()) },
  { title: 'BY', value: ({ actor }) => actor },
  { title: 'CONFIG', value: ({ config }) => JSON.stringify(config), flexible: true },
];

const history = async (session: Session, name: string): Promise<void> => {
  const body = await session.rest.all(`${servicePath(name)}/config/revisions`);
  const rows = z.array(revisionView).parse(body.items);
  printRows(session.format, rows, revisionColumns, body, ({ revision }) => String(revision));
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What brings the config back to a revision's: what is the default there goes back to following the default. */
const backTo = (service: ServiceView, schema: Schema, wanted: RevisionView['config']): Values => {
  const keys = new Set([...Object.keys(service.config), ...Object.keys(wanted)]);
  const changed = [...keys].filter((key) => !same(service.config[key] ?? null, wanted[key] ?? null));
  return Object.fromEntries(
    changed.map((key): [string, JsonValue] => {
      const value = wanted[key] ?? null;
      return [key, same(value, keyOf(schema, key)['default']) ? null : (value as JsonValue)];
    }),
  );
};

const rollback = async (
  session: Session,
  name: string,
  to: string | undefined,
  options: ChangeOptions,
): Promise<void> => {
  const service = await serviceOf(session, name);
  const page = await session.rest.all(`${servicePath(name)}/config/revisions`);
  const revisions = z.array(revisionView).parse(page.items);
  const number = to === undefined ? service.configRevision - 1 : count('REVISION', to);
  const wanted = revisions.find(({ revision }) => revision === number);
  if (wanted === undefined) {
    const known = revisions.map(({ revision }) => revision).join(', ');
    const why = to === undefined ? `revision ${service.configRevision} is the first` : `there is no revision ${number}`;
    throw new CliError(exitCodes.notFound, `${name}: ${why}; there are: ${known}`, `yiqiu config history ${name}`);
  }
  const values = backTo(service, await schemaOf(session, service), wanted.config);
  if (Object.keys(values).length > 0) return patch(session, service, values, options);
  session.say(`nothing to change: the config of ${name} is that of revision ${number}`);
  await printService(session, name);
};

/** `yiqiu config get|set|history|rollback SERVICE` */
export const addConfig = (program: Command, session: Session): void => {
  const command = program.command('config').description('configuration of services, by the schema of their program');
  command
    .command('get <service> [key...]')
    .description('values, defaults, and what a change does')
    .action((name: string, keys: string[]) => get(session, name, keys));
  withReason(withDryRun(withWaiting(command.command('set <service> <key=value...>'))))
    .description('cast by the schema; key= puts it back to its default')
    .action((name: string, words: string[], options: ChangeOptions) => set(session, name, words, options));
  command
    .command('history <service>')
    .description('its revisions')
    .action((name: string) => history(session, name));
  withReason(withDryRun(withWaiting(command.command('rollback <service> [revision]'))))
    .description('the values of a former revision; without one, of the last')
    .action((name: string, to: string | undefined, options: ChangeOptions) => rollback(session, name, to, options));
};
