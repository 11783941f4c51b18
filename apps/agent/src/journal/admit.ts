import type { AgentCommand, CommandPush } from '@yiqiu/contracts';
import type { OwnerRow } from './rows.ts';

/** `push`: the owner spoke up by itself; `pull`: it answered our last number, so what it leaves out is void. */
export type PushOrigin = 'push' | 'pull';

export type Admission =
  | {
      readonly ok: false;
      readonly code: 'journal-new' | 'lineage-refused' | 'epoch-old' | 'generation-old';
      readonly message: string;
    }
  | {
      readonly ok: true;
      readonly owner: OwnerRow;
      /** To be journalled. */
      readonly accept: readonly AgentCommand[];
      /** Had already: at work, or done and to be reported again. */
      readonly repeated: readonly AgentCommand[];
      /** Numbers are missing: ask for them. */
      readonly gap: boolean;
      /** A new generation began: what waits of older ones is closed. */
      readonly generationBegan: boolean;
    };

/**
 * What of a push is taken. Pure. A journal that knows no generation yet takes nothing that was not asked for: what the owner
 * speaks of may be of a journal that was lost, whose numbers mean something else. Refuses another lineage than the one known, an epoch below the highest seen, a generation
 * below the known one. Numbers are taken in order only; a number left out is void where the owner answered our own last
 * number and its floor covers it, else a gap.
 */
export const admit = (known: OwnerRow | null, push: CommandPush, origin: PushOrigin): Admission => {
  if (known === null && origin === 'push') {
    return { ok: false, code: 'journal-new', message: 'this journal is new: it asks what it should have, first' };
  }
  const refusal = known === null ? null : refuse(known, push);
  if (refusal !== null) return refusal;
  const generationBegan = known === null || push.generation > known.generation;
  const before = generationBegan ? 0 : known.last_seq;
  const commands = [...push.commands].sort((left, right) => left.seq - right.seq);
  const repeated = commands.filter(({ seq }) => seq <= before);
  const accept: AgentCommand[] = [];
  let last = before;
  let gap = false;
  for (const command of commands.filter(({ seq }) => seq > before)) {
    if (command.seq === last) continue;
    if (command.seq > last + 1 && !(origin === 'pull' && command.seq - 1 <= push.floor)) {
      gap = true;
      break;
    }
    accept.push(command);
    last = command.seq;
  }
  if (push.floor > last) {
    if (origin === 'pull' && !gap) last = push.floor;
    else gap = true;
  }
  const owner = {
    owner: push.owner,
    lineage: push.lineage,
    epoch: push.epoch,
    generation: push.generation,
    last_seq: last,
  };
  return { ok: true, owner, accept, repeated, gap, generationBegan };
};

const refuse = (known: OwnerRow, push: CommandPush): Admission | null => {
  if (push.lineage !== known.lineage) {
    return {
      ok: false,
      code: 'lineage-refused',
      message: `lineage ${push.lineage} is not that of ${known.owner} here (${known.lineage}); it has to be adopted first`,
    };
  }
  if (push.epoch < known.epoch) {
    return { ok: false, code: 'epoch-old', message: `epoch ${push.epoch} is below the highest seen, ${known.epoch}` };
  }
  if (push.generation < known.generation) {
    return {
      ok: false,
      code: 'generation-old',
      message: `generation ${push.generation} has ended, now is ${known.generation}`,
    };
  }
  return null;
};
