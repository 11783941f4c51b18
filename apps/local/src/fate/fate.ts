import type { LocalMachine } from '../machines/machine.ts';
import { fateOfUnit } from '../machines/machine.ts';
import type { Part } from '../parts/part.ts';
import type { FateReply, FateRequest, FateRow } from './protocol.ts';

/** What has a fate here: the platform's parts, and the machines with their agents and units. */
export interface Subjects {
  readonly parts: readonly Part[];
  readonly machines: readonly LocalMachine[];
}

type Act = (verb: 'kill' | 'start' | 'pause' | 'resume') => Promise<void>;

/** All names are resolved before the first is touched: an unknown one leaves everything as it is. */
export const playFate = async (subjects: Subjects, request: FateRequest): Promise<FateReply> => {
  const { verb, names } = request;
  if (verb === 'list') return { ok: true, rows: rows(subjects) };
  if (verb === 'power') return { ok: true, rows: [], power: powerOf(subjects, names) };
  if (verb === 'fence') return fence(subjects, names);
  const acts = names.map((name) => ({ name, act: find(subjects, name) }));
  const unknown = acts.filter(({ act }) => act === null).map(({ name }) => name);
  if (unknown.length > 0) {
    return unknownNames(
      unknown,
      rows(subjects).map((row) => row.name),
    );
  }
  await Promise.all(acts.map(({ act }) => act?.(verb)));
  const named = new Set(names);
  return { ok: true, rows: rows(subjects).filter((row) => named.has(row.name)) };
};

const unknownNames = (unknown: readonly string[], known: string[]): FateReply => ({
  ok: false,
  code: 'unknown-name',
  message: `no ${unknown.join(', ')} here; there are: ${known.join(', ')}`,
  names: known,
});

/** Names that are no machines here are left out: nothing is known of them. */
const powerOf = ({ machines }: Subjects, names: readonly string[]) =>
  machines
    .filter(({ name }) => names.includes(name))
    .map((machine) => ({ name: machine.name, power: machine.power() }));

const fence = async ({ machines }: Subjects, names: readonly string[]): Promise<FateReply> => {
  const known = machines.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) return unknownNames(unknown, known);
  const found = machines.filter(({ name }) => names.includes(name));
  return { ok: true, rows: [], fenced: (await Promise.all(found.map((machine) => machine.fence()))).flat() };
};

const rows = ({ parts, machines }: Subjects): FateRow[] => [
  ...parts.map((part): FateRow => ({ name: part.name, kind: 'platform', state: part.state(), pids: part.pids() })),
  ...machines.flatMap((machine) => machine.rows()),
];

const find = ({ parts, machines }: Subjects, name: string): Act | null => {
  const part = parts.find((candidate) => candidate.name === name);
  if (part !== undefined) return (verb) => ofPart(part, verb);
  const machine = machines.find((candidate) => candidate.name === name);
  if (machine !== undefined) return (verb) => ofMachine(machine, verb);
  const owner = machines.find((candidate) => name === `agent/${candidate.name}`);
  if (owner !== undefined) return (verb) => ofPart(owner.agent, verb);
  return name.startsWith('unit/') ? ofUnit(machines, name.slice('unit/'.length)) : null;
};

const ofPart = async (part: Part, verb: Parameters<Act>[0]): Promise<void> => {
  if (verb === 'kill') await part.kill(false);
  else if (verb === 'start') await part.start();
  else if (verb === 'pause') await part.pause();
  else part.resume();
};

const ofMachine = async (machine: LocalMachine, verb: Parameters<Act>[0]): Promise<void> => {
  if (verb === 'kill') await machine.kill();
  else if (verb === 'start') await machine.start();
  else if (verb === 'pause') await machine.pause();
  else machine.resume();
};

/** Starting a unit's process is its agent's business, so `start` of one is an error. */
const ofUnit = (machines: readonly LocalMachine[], unit: string): Act | null => {
  const pids = machines.flatMap((machine) => machine.unitPids(unit));
  if (pids.length === 0) return null;
  return async (verb) => {
    if (verb === 'start')
      throw new Error(`unit/${unit}: its agent starts it; kill, pause and resume are possible here`);
    await fateOfUnit(pids, verb);
  };
};
