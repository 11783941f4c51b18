import { machineView, type MachineView } from '@yiqiu/contracts';
import { ago } from '../../output/age.ts';
import { coloured } from '../../output/state.ts';
import type { Noun } from '../shared/listing.ts';

const flagsOf = ({ suspect, maintenance, retired, holdsOrphans }: MachineView): string =>
  Object.entries({ suspect, maintenance, retired, orphans: holdsOrphans })
    .filter(([, on]) => on)
    .map(([flag]) => flag)
    .join(', ') || '-';

const messageOf = ({ operation, faults, ticket }: MachineView): string =>
  [
    operation === null
      ? null
      : `${[operation.kind, operation.step, operation.state].filter(Boolean).join(' ')}${operation.message === null || operation.message === '' ? '' : `: ${operation.message}`}`,
    ...faults.map(({ rule, message }) => `${rule}: ${message}`),
    ticket === null ? null : `ticket ${ticket}`,
  ]
    .filter((text) => text !== null)
    .join('; ');

const used = (part: number | undefined, whole: number | undefined): string => `${part ?? '?'}/${whole ?? '?'}`;

export const machines: Noun<MachineView> = {
  path: '/machines',
  item: machineView,
  nameOf: ({ name }) => name,
  filters: ['state', 'pool'],
  columns: [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'POOL', value: ({ pool }) => pool },
    { title: 'STATE', value: ({ state }) => state, paint: coloured },
    { title: 'ADDRESS', value: ({ address }) => address },
    { title: 'AGENT', value: ({ agent }) => (agent.connected ? 'connected' : 'away'), paint: coloured },
    { title: 'SEEN', value: ({ agent }) => ago(agent.lastSeen, Date.now()) },
    { title: 'FLAGS', value: flagsOf },
    { title: 'CPU m', value: ({ allocated, capacity }) => used(allocated?.cpuMilli, capacity?.cpuMilli) },
    { title: 'MEMORY MiB', value: ({ allocated, capacity }) => used(allocated?.memoryMiB, capacity?.memoryMiB) },
    { title: 'DISK MiB', value: ({ allocated, capacity }) => used(allocated?.diskMiB, capacity?.diskMiB), wide: true },
    { title: 'RACK', value: ({ rack }) => rack ?? '-', wide: true },
    { title: 'ZONE', value: ({ zone }) => zone ?? '-', wide: true },
    {
      title: 'LABELS',
      value: ({ labels }) =>
        Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(',') || '-',
      wide: true,
    },
    { title: 'POSSIBLE', value: ({ possible }) => possible.join(','), wide: true },
    { title: 'MESSAGE', value: messageOf, flexible: true },
  ],
};

export const machinePath = (name: string): string => `/machines/${encodeURIComponent(name)}`;
