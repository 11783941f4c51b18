import type { Deadlines } from '@yiqiu/kernel';
import type { Machine } from './state.ts';

/** What a machine may have a deadline for. */
const kinds = ['init-retry', 'offline'] as const;
type Kind = (typeof kinds)[number];

export const uidOfKey = (key: string): { readonly kind: Kind; readonly uid: string } => {
  const kind = kinds.find((candidate) => key.startsWith(`${candidate}/`));
  if (kind === undefined) throw new Error(`deadline ${key} is of no known kind`);
  return { kind, uid: key.slice(kind.length + 1) };
};

/** The index follows the row, in the fold and after a restore alike. `machine` null: it is gone. */
export const setDeadlines = (deadlines: Deadlines, uid: string, machine: Machine | null): void => {
  const at: { readonly [kind in Kind]: number | null } = {
    'init-retry': machine?.init?.retryAt ?? null,
    offline: machine?.offline?.deadline ?? null,
  };
  for (const kind of kinds) {
    if (at[kind] === null) deadlines.delete(`${kind}/${uid}`);
    else deadlines.set(`${kind}/${uid}`, at[kind]);
  }
};
