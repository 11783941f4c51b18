import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { machineView, unitView } from '@yiqiu/contracts';
import { z } from 'zod';
import { confirm } from '../../ask/confirm.ts';
import { assignments } from '../../ask/parse.ts';
import { CliError, exitCodes } from '../../exit.ts';
import { counted } from '../../output/count.ts';
import { printItem } from '../shared/listing.ts';
import { withReason, withYes, type ReasonOptions, type YesOptions } from '../shared/options.ts';
import type { Session } from '../shared/session.ts';
import { machinePath, machines } from './columns.ts';

/** The seed's verbs by their names; `asks` where page Interface says so. */
const seedVerbs: { readonly [verb: string]: { readonly about: string; readonly asks?: boolean } } = {
  init: { about: 'NEW → INITED: run its init strategy' },
  online: { about: 'INITED → READY: new containers may come' },
  backup: { about: 'READY → INITED: no new containers; those present run on (also: cordon)' },
  abnormal: { about: 'INITED, READY → ERROR_DETECTED: its units move away' },
  repair: { about: 'ERROR → NEW: it is repaired, and initialised again', asks: true },
  offline: { about: 'ERROR, INITED → OFFLINE, once it is empty', asks: true },
  leave: { about: 'OFFLINE → outside', asks: true },
  discard: { about: 'NEW → outside, for what never came up', asks: true },
};

interface VerbOptions extends YesOptions, ReasonOptions {
  readonly override?: boolean;
}

const offlineWaitMs = 60_000;
const offlinePollMs = 250;
const lastEvents = z.object({ items: z.array(z.object({ data: z.object({ message: z.string() }) })) });

interface Question {
  readonly verb: string;
  readonly name: string;
  readonly options: YesOptions;
}

/** Names what it hits: the machine, its state, the units on it. */
const ask = async (session: Session, { verb, name, options }: Question): Promise<void> => {
  const [machine, units] = await Promise.all([
    session.rest.get(machinePath(name)),
    session.rest.all('/units', { machine: name }),
  ]);
  const { state, possible } = machineView.parse(machine);
  // What its state does not allow is refused anyway: no question then.
  if (verb !== 'declare-dead' && !possible.includes(verb)) return;
  const names = z
    .array(unitView)
    .parse(units.items)
    .map((unit) => unit.name);
  const on = `${counted(names.length, 'unit')}${names.length === 0 ? '' : ` (${names.slice(0, 10).join(', ')})`}`;
  await confirm(`machine ${verb} ${name}: it is ${state}, with ${on} on it. Go on?`, options);
};

/** The machine after a change; one that has left is known no more. */
const print = (session: Session, name: string, body: unknown): void => {
  if (body !== null) return printItem(session, { ...machines, asTable: true }, body);
  if (session.isForPeople) process.stdout.write(`machine ${name} has left\n`);
  else if (session.format === 'name') process.stdout.write(`${name}\n`);
  else process.stdout.write('null\n');
};

const change = async (session: Session, verb: string, name: string, options: VerbOptions): Promise<void> => {
  if (seedVerbs[verb]?.asks === true) await ask(session, { verb, name, options });
  const body = { reason: options.reason ?? null, ...(options.override === true ? { override: true } : {}) };
  const answer = await session.rest.change('POST', `${machinePath(name)}/${verb}`, body);
  print(session, name, verb === 'offline' ? await offlined(session, name) : answer.body);
};

/** Offline has two phases: asked for, then granted or refused by the resource layer. Throws where it is refused. */
const offlined = async (session: Session, name: string): Promise<unknown> => {
  const end = performance.now() + offlineWaitMs;
  for (;;) {
    const body = await session.rest.get(machinePath(name));
    const { uid, state, operation } = machineView.parse(body);
    if (state === 'OFFLINE') return body;
    if (operation?.kind !== 'offline') throw new CliError(exitCodes.refused, await whyNot(session, name, uid), null);
    if (performance.now() > end)
      throw new CliError(
        exitCodes.timedOut,
        `machine ${name} is ${state}: ${operation.message ?? 'offline goes on'}`,
        null,
      );
    await delay(offlinePollMs);
  }
};

const whyNot = async (session: Session, name: string, uid: string): Promise<string> => {
  const query = { stream: `machine/${uid}`, type: 'OfflineCancelled', backwards: 'true', limit: '1' };
  const { items } = lastEvents.parse(await session.rest.get('/events', query));
  const why = items[0]?.data.message ?? 'it was cancelled';
  return `machine ${name} does not go offline: ${why}`;
};

export const addSeedVerbs = (command: Command, session: Session): void => {
  for (const [verb, { about, asks }] of Object.entries(seedVerbs)) {
    const sub = withReason(command.command(`${verb} <name>`).description(about)).option(
      '--override',
      'past the blast radius; audited',
    );
    if (verb === 'backup') sub.alias('cordon');
    if (asks === true) withYes(sub);
    sub.action((name: string, options: VerbOptions) => change(session, verb, name, options));
  }
};

interface DeclareDeadOptions extends VerbOptions {
  readonly verified: string;
  readonly reason: string;
}

export const addDeclareDead = (command: Command, session: Session): void => {
  withYes(command.command('declare-dead <name>'))
    .description('a person vouches that nothing of it runs any more: its units may start elsewhere')
    .requiredOption('--verified <how>', 'how that was made sure, as "power is off, seen on site"')
    .requiredOption('--reason <text>', 'why')
    .option('--override', 'past the blast radius, or of a machine that is not silent; audited')
    .action(async (name: string, options: DeclareDeadOptions) => {
      await ask(session, { verb: 'declare-dead', name, options });
      const { verified, reason, override } = options;
      const body = { verified, reason, ...(override === true ? { override } : {}) };
      print(session, name, (await session.rest.change('POST', `${machinePath(name)}/declare-dead`, body)).body);
    });
};

interface LabelOptions extends ReasonOptions {
  readonly rack?: string;
  readonly zone?: string;
}

/** `key=` takes a label away, `--rack ''` the rack. */
const label = async (session: Session, name: string, words: string[], options: LabelOptions): Promise<void> => {
  const given = assignments(words);
  if (words.length === 0 && options.rack === undefined && options.zone === undefined) {
    throw new CliError(
      exitCodes.usage,
      'key=value, --rack or --zone is wanted',
      `yiqiu machine label ${name} disk=ssd`,
    );
  }
  const { labels } = machineView.parse(await session.rest.get(machinePath(name)));
  const wanted = Object.entries({ ...labels, ...given }).filter(([key, value]) => value !== '' || !(key in given));
  const orNull = (text: string | undefined): string | null | undefined => (text === '' ? null : text);
  const body = {
    labels: Object.fromEntries(wanted),
    rack: orNull(options.rack),
    zone: orNull(options.zone),
    reason: options.reason ?? null,
  };
  print(session, name, (await session.rest.change('POST', `${machinePath(name)}/label`, body)).body);
};

export const addLabelAndMaintenance = (command: Command, session: Session): void => {
  withReason(command.command('label <name> [key=value...]'))
    .description('set labels; key= takes one away')
    .option('--rack <rack>', 'where it stands')
    .option('--zone <zone>', 'what fails with it')
    .action((name: string, words: string[], options: LabelOptions) => label(session, name, words, options));
  withReason(command.command('maintenance <name> [on|off]'))
    .description('a person works on it; never left automatically')
    .action(async (name: string, word: string | undefined, { reason }: ReasonOptions) => {
      if (word !== undefined && word !== 'on' && word !== 'off') {
        throw new CliError(exitCodes.usage, `maintenance ${word}: on and off are allowed`);
      }
      const body = { on: word !== 'off', reason: reason ?? null };
      print(session, name, (await session.rest.change('POST', `${machinePath(name)}/maintenance`, body)).body);
    });
};
