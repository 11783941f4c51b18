import type { AgentPayload, CommandPush, UnitContext } from '@yiqiu/contracts';
import { z } from 'zod';
import { keyText, type CommandKey, type Journal } from '../journal/index.ts';
import { silentFor } from '../supervise/index.ts';

export interface Contact {
  /** How long the platform has not answered, ms. */
  readonly silenceMs: number;
  /** From the last hello, ms. */
  readonly leaseMs: number;
}

const place = z.object({ generation: z.int(), seq: z.int() });
type Place = z.infer<typeof place>;

/**
 * What may start a unit whose fencing is not `none`. In a silence beyond the lease, and through a boot, the platform may have
 * fenced this incarnation and let another one run elsewhere: a command that was accepted before permits nothing any more.
 * Only one that came after does, or an older one that its owner sends again.
 */
export class Permits {
  readonly #journal: Journal;
  readonly #contact: () => Contact;
  /** By command: sent again since the last lapse, with what it said then. */
  readonly #renewed = new Map<string, UnitContext>();
  /** Asked for what it still wants, its owner left them out. */
  readonly #dropped = new Set<string>();
  #void: Place;

  constructor(journal: Journal, contact: () => Contact) {
    this.#journal = journal;
    this.#contact = contact;
    const kept = journal.meta('permits-void');
    this.#void = kept === null ? { generation: 0, seq: 0 } : place.parse(JSON.parse(kept));
  }

  /** Nothing that was accepted up to now permits a start any more. On disk when it returns. */
  lapse(): void {
    const { generation, lastSeq } = this.#journal.place('service');
    this.#void = { generation, seq: lastSeq };
    this.#renewed.clear();
    this.#dropped.clear();
    this.#journal.setMeta('permits-void', JSON.stringify(this.#void));
  }

  /** Its owner sent an accepted command again. Kept while it is without result. */
  renew(key: CommandKey, payload: AgentPayload): void {
    if (key.owner !== 'service' || payload.kind !== 'unit-step' || !this.#isVoid(key)) return;
    if (this.#journal.isOpen(key)) this.#renewed.set(keyText(key), payload.context);
  }

  /**
   * Its owner was asked what it wants after `afterSeq`, and answered `push`: what waits here, is covered by its floor and is
   * not in it, is void.
   */
  answered(afterSeq: number, { generation, floor, commands }: CommandPush): void {
    const wanted = new Set(commands.map(({ seq }) => seq));
    for (const key of this.#waiting()) {
      const covered = key.generation === generation && key.seq > afterSeq && key.seq <= floor;
      if (covered && !wanted.has(key.seq)) this.#dropped.add(keyText(key));
    }
  }

  /** Its owner does not want it any more. */
  isDropped(key: CommandKey): boolean {
    return this.#dropped.has(keyText(key));
  }

  /** What its owner said when it sent the command again, or null. */
  renewed(key: CommandKey): UnitContext | null {
    return this.#renewed.get(keyText(key)) ?? null;
  }

  /** The platform has answered within the lease. */
  get inContact(): boolean {
    const { silenceMs, leaseMs } = this.#contact();
    return silenceMs <= leaseMs;
  }

  /** Why a command does not permit a start now, or null. `key`: one of the service owner's. */
  refusal(key: Pick<CommandKey, 'generation' | 'seq'>): string | null {
    const { silenceMs, leaseMs } = this.#contact();
    if (silenceMs > leaseMs) {
      return `waits for its owner: the platform has been silent for ${silentFor(silenceMs)}, past the lease of ${silentFor(leaseMs)}`;
    }
    if (!this.#isVoid(key) || this.#renewed.has(keyText({ owner: 'service', ...key }))) return null;
    return 'waits for its owner: since the command came, the machine booted or the platform was silent beyond the lease';
  }

  /** After which number the service owner is to be asked, so that it sends again what it still wants; null: nothing waits. */
  askAfter(): number | null {
    const waiting = this.#waiting().map(({ seq }) => seq);
    return waiting.length === 0 ? null : Math.min(...waiting) - 1;
  }

  /** Accepted before the last lapse, without result, and its owner has not spoken of it since. */
  #waiting(): CommandKey[] {
    if (this.#void.seq === 0) return [];
    return this.#journal
      .commands()
      .map(({ key }) => key)
      .filter((key) => key.owner === 'service' && key.generation === this.#void.generation && this.#isVoid(key))
      .filter((key) => !this.#renewed.has(keyText(key)) && !this.#dropped.has(keyText(key)));
  }

  #isVoid({ generation, seq }: Place): boolean {
    return generation < this.#void.generation || (generation === this.#void.generation && seq <= this.#void.seq);
  }
}
