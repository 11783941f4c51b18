import { Slots } from '@yiqiu/messaging';

/**
 * Runs one task per machine at a time and so many machines at a time. A machine that is touched while its task waits gets
 * it once; touched while it runs, once more after.
 */
export class Pushes {
  readonly #slots: Slots;
  readonly #push: (machineUid: string) => Promise<void>;
  readonly #machines = new Map<string, { again: boolean }>();
  #stopped = false;

  /** `push` must not throw. */
  constructor(atOnceMax: number, push: (machineUid: string) => Promise<void>) {
    this.#slots = new Slots(atOnceMax);
    this.#push = push;
  }

  touch(machineUid: string): void {
    if (this.#stopped) return;
    const machine = this.#machines.get(machineUid);
    if (machine !== undefined) machine.again = true;
    else void this.#run(machineUid);
  }

  /** What waits is dropped; resolves when what runs is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#slots.whenIdle();
  }

  async #run(machineUid: string): Promise<void> {
    const machine = { again: true };
    this.#machines.set(machineUid, machine);
    await this.#slots.enter();
    try {
      while (machine.again && !this.#stopped) {
        machine.again = false;
        await this.#push(machineUid);
      }
    } finally {
      this.#machines.delete(machineUid);
      this.#slots.leave();
    }
  }
}
