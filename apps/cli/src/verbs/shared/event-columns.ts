import { machineView, type EventView } from '@yiqiu/contracts';
import { z } from 'zod';
import type { Column } from '../../output/print.ts';
import type { Session } from './session.ts';

/** Machine uids to names: agents sign with the uid. */
export const machineNames = async (session: Session): Promise<ReadonlyMap<string, string>> => {
  const { items } = await session.rest.all('/machines');
  return new Map(
    z
      .array(machineView)
      .parse(items)
      .map(({ uid, name }) => [uid, name]),
  );
};

const named = ['unit', 'name', 'machine', 'service', 'target', 'pool', 'group'] as const;

/** What an event is about, by the name that a person knows; else its aggregate and the end of its uid. */
const subjectOf = ({ data, stream }: EventView): string => {
  for (const key of named) {
    const value = data[key];
    if (typeof value === 'string') return value;
  }
  const [kind = '', uid = ''] = stream.split('/');
  return `${kind} …${uid.slice(-6)}`;
};

/** What a person seldom asks for; `-o json` has everything. */
const hidden = [
  ...['uid', 'unit', 'name', 'unitUid', 'serviceUid', 'groupUid', 'machineUid', 'poolUid', 'programUid', 'targetUid'],
  ...['requestId', 'container', 'operation', 'generation', 'seq', 'startBy', 'publicKey', 'joinTokenHash', 'journalId'],
];

const isPlain = (key: string, value: unknown): boolean =>
  !hidden.includes(key) && value !== null && (typeof value !== 'object' || key === 'changed');

const detailOf = ({ data, meta }: EventView): string => {
  const why = typeof meta['reason'] === 'string' ? { reason: meta['reason'] } : {};
  return Object.entries({ ...why, ...data })
    .filter(([key, value]) => isPlain(key, value))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
};

const actorOf = ({ meta }: EventView, machines: ReadonlyMap<string, string>): string => {
  const actor = typeof meta['actor'] === 'string' ? meta['actor'] : '-';
  const [kind = '', subject = ''] = actor.split(':');
  const name = kind === 'agent' ? machines.get(subject) : undefined;
  return name === undefined ? actor : `agent:${name}`;
};

export const eventColumns = (machines: ReadonlyMap<string, string>): readonly Column<EventView>[] => [
  { title: 'TIME', value: ({ time }) => time },
  { title: 'EVENT', value: ({ context, position }) => `${context}:${position}` },
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'OF', value: subjectOf },
  { title: 'BY', value: (event) => actorOf(event, machines) },
  { title: 'STREAM', value: ({ stream }) => stream, wide: true },
  { title: 'DETAIL', value: detailOf, flexible: true },
];
