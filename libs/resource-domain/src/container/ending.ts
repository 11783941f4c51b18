import type { ResourceContextEvent } from '@yiqiu/contracts';
import type { DataOf } from '../events.ts';
import type { Container } from './state.ts';

export type ReleaseHow = DataOf<'ContainerReleased'>['how'];
type Fence = NonNullable<Container['fenced']>;

/** What a person verified is told apart from what a driver did. */
export const howOf: { readonly [fence in Fence]: ReleaseHow } = {
  agent: 'fenced',
  local: 'fenced',
  redfish: 'fenced',
  manual: 'declared-dead',
};

export const released = ({ uid, unitUid, unit, machineUid }: Container, how: ReleaseHow): ResourceContextEvent => ({
  stream: `container/${uid}`,
  type: 'ContainerReleased',
  version: 1,
  data: { uid, unitUid, unit, machineUid, how },
});

/** Longest text of a reason in an event. */
const reasonLengthMax = 500;
export const asReason = (text: string): string => text.slice(0, reasonLengthMax);

/** It is not wanted any more: where it is fenced it is released, else it ends by a report or a fence. */
export const ending = (row: Container, reason: string): readonly ResourceContextEvent[] => {
  if (row.fenced !== null) return [released(row, howOf[row.fenced])];
  if (row.state === 'RELEASING') return [];
  const { uid, unit } = row;
  const data = { uid, unit, reason: asReason(reason) };
  return [{ stream: `container/${uid}`, type: 'ContainerReleasing', version: 1, data }];
};
