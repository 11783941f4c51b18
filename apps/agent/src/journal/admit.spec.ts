import { describe, expect, it } from '@jest/globals';
import type { CommandPush } from '@yiqiu/contracts';
import { admit } from './admit.ts';

const known = { owner: 'service', lineage: 'a', epoch: 5, generation: 2, last_seq: 10 } as const;
const payload = {
  kind: 'init-step',
  name: 'x',
  check: false,
  run: 'true',
  kernel: null,
  user: 'root',
  timeoutMs: 1,
  mayReboot: false,
} as const;
const push = (seqs: readonly number[], more: Partial<CommandPush> = {}): CommandPush => ({
  owner: 'service',
  lineage: 'a',
  epoch: 5,
  generation: 2,
  floor: seqs.at(-1) ?? 0,
  commands: seqs.map((seq) => ({ seq, startBy: 0, payload })),
  more: false,
  ...more,
});
const seqsOf = (commands: readonly { readonly seq: number }[]) => commands.map(({ seq }) => seq);

describe('what of a push is taken', () => {
  it.each([
    ['another lineage', { lineage: 'b' }, 'lineage-refused'],
    ['an old epoch', { epoch: 4 }, 'epoch-old'],
    ['an ended generation', { generation: 1 }, 'generation-old'],
  ] as const)('%s is refused', (_what, more, code) => {
    expect(admit(known, push([11], more), 'push')).toMatchObject({ ok: false, code });
  });

  it('a new journal takes only what it asked for', () => {
    expect(admit(null, push([1]), 'push')).toMatchObject({ ok: false, code: 'journal-new' });
    expect(admit(null, push([1]), 'pull')).toMatchObject({ ok: true, generationBegan: true });
  });

  it.each([
    ['push', [11, 12], 12, [11, 12], [], false, 12],
    ['push', [9, 10, 11], 11, [11], [9, 10], false, 11],
    ['push', [12], 12, [], [], true, 10],
    ['pull', [12], 12, [12], [], false, 12],
    ['pull', [12], 10, [], [], true, 10],
    ['push', [12, 11], 12, [11, 12], [], false, 12],
    ['push', [11, 11], 11, [11], [], false, 11],
    ['pull', [], 15, [], [], false, 15],
    ['push', [], 15, [], [], true, 10],
  ] as const)('%s of %j with floor %s', (origin, seqs, floor, accept, repeated, gap, last) => {
    const admission = admit(known, push(seqs, { floor }), origin);
    if (!admission.ok) throw new Error(admission.message);
    expect(seqsOf(admission.accept)).toEqual(accept);
    expect(seqsOf(admission.repeated)).toEqual(repeated);
    expect(admission.gap).toBe(gap);
    expect(admission.owner.last_seq).toBe(last);
  });

  it('a new generation begins at 1, a higher epoch is kept', () => {
    const admission = admit(known, push([1], { generation: 3, epoch: 9 }), 'push');
    expect(admission).toMatchObject({
      ok: true,
      generationBegan: true,
      owner: { generation: 3, epoch: 9, last_seq: 1 },
    });
  });
});
