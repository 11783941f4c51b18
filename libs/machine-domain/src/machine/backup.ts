import { accept } from '@yiqiu/kernel';
import { changed } from '../answers.ts';
import type { Verb } from './change.ts';

/** READY → INITED: no new containers; those present stay and run. It goes online again only by a person. */
export const backup: Verb = (_, { uid, name }, { reason }) =>
  accept(
    [{ stream: `machine/${uid}`, type: 'MachineBackedUp', version: 1, data: { uid, name, reason } }],
    changed(uid),
  );
