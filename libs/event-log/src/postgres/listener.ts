import pg from 'pg';
import type { Wakeup } from '../wakeup.ts';
import { backoffMs } from './backoff.ts';
import type { ResolvedOptions } from './options.ts';
import { channelOf } from './schema-name.ts';

/**
 * A connection of its own that hears how far the log is, and comes back with backoff when it is lost. What it misses
 * meanwhile, the subscriptions find by polling.
 */
export class Listener {
  readonly #options: ResolvedOptions;
  readonly #wakeup: Wakeup;
  #client: pg.Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #failures = 0;
  #state: 'idle' | 'running' | 'stopped' = 'idle';

  constructor(options: ResolvedOptions, wakeup: Wakeup) {
    this.#options = options;
    this.#wakeup = wakeup;
  }

  /** Starts listening, once; does not wait for it. */
  start(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'running';
    void this.#connect();
  }

  async stop(): Promise<void> {
    this.#state = 'stopped';
    if (this.#retry !== null) clearTimeout(this.#retry);
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client(this.#options.pool);
    this.#client = client;
    let lost = false;
    const lose = (error: unknown): void => {
      if (lost) return;
      lost = true;
      this.#reconnect(client, error);
    };
    client.on('error', lose);
    client.on('end', () => lose(new Error('the server ended it')));
    client.on('notification', ({ payload }) => this.#wakeup.reached(Number(payload)));
    try {
      await client.connect();
      await client.query(`LISTEN ${channelOf(this.#options.schema)}`);
      this.#failures = 0;
      // Something may have been appended while nobody listened.
      this.#wakeup.wakeAll();
    } catch (error) {
      lose(error);
    }
  }

  #reconnect(client: pg.Client, error: unknown): void {
    if (this.#state !== 'running') return;
    this.#client = null;
    this.#options.warn('the LISTEN connection was lost', error);
    // It is broken already; whether its end can still be said does not matter.
    void client.end().catch(() => undefined);
    this.#retry = setTimeout(() => void this.#connect(), backoffMs(this.#failures++));
    this.#retry.unref();
  }
}
