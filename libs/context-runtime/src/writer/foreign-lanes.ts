import { contextNames, type ContextName } from '@yiqiu/kernel';
import type { ForeignItem } from './item.ts';
import { Queue } from './queue.ts';

/** Events of one foreign log that may wait for the writer; then its consumer waits. */
export const laneMax = 1_000;

interface Lane {
  readonly queue: Queue<ForeignItem>;
  /** Events in it that a reactor answers; the others may wait for the next batch. */
  answered: number;
  readonly room: (() => void)[];
}

/** Where foreign events wait for the writer, in order per log. */
export class ForeignLanes {
  readonly #lanes = new Map<ContextName, Lane>(
    contextNames.map((context) => [context, { queue: new Queue<ForeignItem>(), answered: 0, room: [] }]),
  );
  #turn = 0;
  #closed = false;

  get size(): number {
    let size = 0;
    for (const { queue } of this.#lanes.values()) size += queue.size;
    return size;
  }

  /** True where an event waits that a reactor answers, or so many others that they should be noted. */
  get urgent(): boolean {
    for (const { queue, answered } of this.#lanes.values()) if (answered > 0 || queue.size * 2 >= laneMax) return true;
    return false;
  }

  isFilling(context: ContextName): boolean {
    return this.#lane(context).queue.size * 2 >= laneMax;
  }

  /** Null where there is room for another one, else a promise of it. */
  push(item: ForeignItem): Promise<void> | null {
    if (this.#closed) return null;
    const lane = this.#lane(item.context);
    lane.queue.push(item);
    if (item.event !== null) lane.answered += 1;
    if (lane.queue.size < laneMax) return null;
    return new Promise((resolve) => lane.room.push(resolve));
  }

  /** The next event, the logs taking turns; null where none waits. */
  next(): ForeignItem | null {
    for (let tried = 0; tried < contextNames.length; tried++) {
      const context = contextNames[this.#turn % contextNames.length];
      this.#turn += 1;
      if (context === undefined) continue;
      const lane = this.#lane(context);
      const [item] = lane.queue.peek(1);
      if (item === undefined) continue;
      lane.queue.drop(1);
      if (item.event !== null) lane.answered -= 1;
      release(lane);
      return item;
    }
    return null;
  }

  clear(context: ContextName): void {
    const lane = this.#lane(context);
    lane.queue.drain();
    lane.answered = 0;
    release(lane);
  }

  close(): void {
    this.#closed = true;
    for (const context of contextNames) this.clear(context);
  }

  #lane(context: ContextName): Lane {
    const lane = this.#lanes.get(context);
    if (lane === undefined) throw new Error(`there is no context ${context}`);
    return lane;
  }
}

const release = (lane: Lane): void => {
  if (lane.queue.size >= laneMax) return;
  for (const resolve of lane.room.splice(0)) resolve();
};
