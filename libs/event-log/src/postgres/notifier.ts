import type pg from 'pg';
import type { ResolvedOptions } from './options.ts';
import { channelOf } from './schema-name.ts';
import { notify } from './sql/notify.ts';

/**
 * Tells other processes how far the log is, after the commit and beside it: a NOTIFY within the append's transaction
 * takes a lock that is one for the whole server until the commit is on disk, so the three logs would wait for each
 * other. At most one is under way; while it is, only the newest position is remembered. One that is lost is found by polling.
 */
export class Notifier {
  readonly #pool: pg.Pool;
  readonly #options: ResolvedOptions;
  readonly #channel: string;
  #told = 0;
  #newest = 0;
  #running: Promise<void> | null = null;

  constructor(pool: pg.Pool, options: ResolvedOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#channel = channelOf(options.schema);
  }

  tell(position: number): void {
    this.#newest = Math.max(this.#newest, position);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#told < this.#newest) {
      const position = this.#newest;
      this.#told = position;
      try {
        await notify(this.#pool, this.#channel, position);
      } catch (error) {
        this.#options.warn('NOTIFY failed, listeners find the events by polling', error);
        return;
      }
    }
  }
}
