import type { Log } from '../log/index.ts';
import { errorMessage, type Account } from '../proc/index.ts';
import type { RelationData } from './relation-data.ts';
import { openRelations, readRelations, takeRelations } from './relation-files.ts';

/** What one unit's hooks published. */
export class RelationBook {
  readonly #home: string;
  readonly #unit: string;
  readonly #log: Log;
  #data: RelationData | null = null;

  constructor(home: string, unit: string, log: Log) {
    this.#home = home;
    this.#unit = unit;
    this.#log = log;
  }

  get data(): RelationData {
    this.#data ??= this.#read();
    return this.#data;
  }

  open(account: Account): void {
    openRelations(this.#home, account);
  }

  /** True where there was something new. */
  take(): boolean {
    const { data, changed, faults } = takeRelations(this.#home, this.data);
    for (const error of faults) this.#log.warn('relation data is not taken', { unit: this.#unit, error });
    this.#data = data;
    return changed;
  }

  #read(): RelationData {
    try {
      return readRelations(this.#home);
    } catch (error) {
      // Its hooks publish it again; until then there is none.
      this.#log.error('relation data cannot be read', { unit: this.#unit, error: errorMessage(error) });
      return {};
    }
  }
}
