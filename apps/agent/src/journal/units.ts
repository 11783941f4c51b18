import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { unitRecord, type UnitRecord } from './rows.ts';

const sql = {
  all: 'SELECT body FROM unit ORDER BY home',
  one: 'SELECT body FROM unit WHERE home = ?',
  save: `INSERT INTO unit (home, uid, body) VALUES (?, ?, ?)
    ON CONFLICT (home) DO UPDATE SET uid = excluded.uid, body = excluded.body`,
  remove: 'DELETE FROM unit WHERE home = ?',
} as const;

/** One record per unit home, saved as a whole. */
export class UnitTable {
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>;

  constructor(db: DatabaseSync) {
    this.#statements = {
      all: db.prepare(sql.all),
      one: db.prepare(sql.one),
      save: db.prepare(sql.save),
      remove: db.prepare(sql.remove),
    };
  }

  all(): UnitRecord[] {
    return this.#statements.all.all().map((row) => parse(row['body']));
  }

  one(home: string): UnitRecord | null {
    const row = this.#statements.one.get(home);
    return row === undefined ? null : parse(row['body']);
  }

  save(record: UnitRecord): void {
    this.#statements.save.run(record.home, record.uid, JSON.stringify(record));
  }

  remove(home: string): void {
    this.#statements.remove.run(home);
  }
}

const parse = (body: unknown): UnitRecord => unitRecord.parse(JSON.parse(String(body)));
