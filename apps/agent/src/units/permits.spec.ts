import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { UnitCommand } from '@yiqiu/contracts';
import { Journal } from '../journal/index.ts';
import { commandFor } from '../testing/rig.fixture.ts';
import { Permits, type Contact } from './permits.ts';

const program = {
  wire: { name: 'echo', version: '1.0.0', digest: 'a'.repeat(64), sizeBytes: 1, signature: '', manifest: {} },
} as unknown as Parameters<typeof commandFor>[0];

const command = (greeting = 'hello'): UnitCommand =>
  commandFor(program, '127.0.0.1', 'start', { config: { greeting } });

describe('permits to start', () => {
  const withJournal = (work: (journal: Journal, path: string) => void): void => {
    const directory = mkdtempSync(join(tmpdir(), 'yiqiu-permits-'));
    const journal = new Journal(join(directory, 'journal.db'));
    try {
      work(journal, join(directory, 'journal.db'));
    } finally {
      journal.close();
      rmSync(directory, { recursive: true });
    }
  };
  const accept = (journal: Journal, ...seqs: number[]): void => {
    const commands = seqs.map((seq) => ({ seq, startBy: Date.now() + 60_000, payload: command() }));
    const lineage = journal.lineage('service') ?? randomUUID();
    const floor = seqs.at(-1) ?? 0;
    const push = { owner: 'service', lineage, epoch: 1, generation: 1, floor, commands, more: false } as const;
    expect(journal.admit(push, 'pull')).toMatchObject({ ok: true });
  };
  const contact: Contact = { silenceMs: 100, leaseMs: 5_000 };
  const key = (seq: number) => ({ owner: 'service', generation: 1, seq }) as const;

  it('a command permits until the platform is silent beyond the lease, and none accepted before does after', () => {
    withJournal((journal) => {
      let now = contact;
      const permits = new Permits(journal, () => now);
      accept(journal, 1, 2);
      expect(permits.refusal(key(2))).toBeNull();
      expect(permits.askAfter()).toBeNull();
      now = { ...contact, silenceMs: 5_001 };
      expect(permits.refusal(key(2))).toContain('silent for 5 s, past the lease of 5 s');
      permits.lapse();
      now = contact;
      expect(permits.refusal(key(2))).toContain('waits for its owner');
      expect(permits.askAfter()).toBe(0);
      accept(journal, 3);
      expect(permits.refusal(key(3))).toBeNull();
      expect(permits.refusal({ generation: 2, seq: 1 })).toBeNull();
    });
  });

  it('one that its owner sends again permits anew, with what it says then; another lapse ends that too', () => {
    withJournal((journal) => {
      const permits = new Permits(journal, () => contact);
      accept(journal, 1, 2);
      permits.lapse();
      permits.renew(key(2), command('moin'));
      expect(permits.refusal(key(2))).toBeNull();
      expect(permits.renewed(key(2))?.config).toEqual({ greeting: 'moin' });
      expect(permits.refusal(key(1))).not.toBeNull();
      expect(permits.askAfter()).toBe(0);
      permits.renew(key(9), command());
      expect(permits.renewed(key(9))).toBeNull();
      permits.lapse();
      expect(permits.refusal(key(2))).not.toBeNull();
    });
  });

  it('what its owner leaves out when it is asked again is void', () => {
    withJournal((journal) => {
      const permits = new Permits(journal, () => contact);
      accept(journal, 1, 2, 3);
      permits.lapse();
      const commands = [{ seq: 2, startBy: 0, payload: command() }];
      const push = { owner: 'service', lineage: 'a', epoch: 1, generation: 1, commands, more: true } as const;
      permits.answered(0, { ...push, floor: 2 });
      expect([1, 2, 3].map((seq) => permits.isDropped(key(seq)))).toEqual([true, false, false]);
      expect(permits.refusal(key(1))).not.toBeNull();
      expect(permits.askAfter()).toBe(1);
      permits.answered(2, { ...push, generation: 2, floor: 9 });
      expect(permits.isDropped(key(3))).toBe(false);
    });
  });

  it('outlive the agent', () => {
    withJournal((journal, path) => {
      accept(journal, 1);
      new Permits(journal, () => contact).lapse();
      const again = new Journal(path);
      expect(new Permits(again, () => contact).refusal(key(1))).not.toBeNull();
      again.close();
    });
  });
});
