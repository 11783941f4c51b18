import type { Command, ContextName, EventEnvelope, HlcTimestamp } from '@yiqiu/kernel';
import type { SubmitMeta, Submitted } from '../port.ts';

/** A submitted command while somebody waits for its answer. */
export interface CommandItem<C extends Command> {
  readonly kind: 'command';
  readonly command: C;
  readonly meta: SubmitMeta;
  readonly fingerprint: string;
  readonly resolve: (submitted: Submitted) => void;
  readonly reject: (error: Error) => void;
}

/** An event of another context in its turn. `event` is null where the reactor does not list its type. */
export interface ForeignItem {
  readonly kind: 'foreign';
  readonly context: ContextName;
  readonly lineage: string;
  readonly position: number;
  readonly hlc: HlcTimestamp;
  readonly event: EventEnvelope | null;
}

/** An operator's word on where the consumer of a foreign log goes on. */
export interface AdoptItem {
  readonly kind: 'adopt';
  readonly context: ContextName;
  readonly lineage: string;
  readonly position: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}
