import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { stepReport, type QueueOwner, type StepReport } from '@yiqiu/contracts';
import type { CommandKey } from './rows.ts';

/** Results that were reported and are kept per owner, in case it pushes their commands again. */
export const reportsKeptMax = 256;

const sql = {
  insert: `INSERT INTO report (owner, generation, seq, body, reported) VALUES (?, ?, ?, ?, 0)
    ON CONFLICT (owner, generation, seq) DO NOTHING`,
  waiting: 'SELECT id, body FROM report WHERE reported = 0 ORDER BY id LIMIT ?',
  reported: 'UPDATE report SET reported = 1 WHERE id = ?',
  again: 'UPDATE report SET reported = 0 WHERE owner = ? AND generation = ? AND seq = ?',
  prune: `DELETE FROM report WHERE reported = 1 AND owner = ? AND id <= (
    SELECT id FROM report WHERE reported = 1 AND owner = ? ORDER BY id DESC LIMIT 1 OFFSET ${reportsKeptMax})`,
} as const;

export interface WaitingReport {
  readonly id: number;
  readonly report: StepReport;
}

/** Results on disk before they are reported, and the last reported ones. */
export class ReportTable {
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>;

  constructor(db: DatabaseSync) {
    this.#statements = {
      insert: db.prepare(sql.insert),
      waiting: db.prepare(sql.waiting),
      reported: db.prepare(sql.reported),
      again: db.prepare(sql.again),
      prune: db.prepare(sql.prune),
    };
  }

  insert(report: StepReport): void {
    this.#statements.insert.run(report.owner, report.generation, report.seq, JSON.stringify(report));
  }

  /** The oldest that wait, at most `limit`. */
  waiting(limit: number): WaitingReport[] {
    return this.#statements.waiting.all(limit).map((row) => ({
      id: Number(row['id']),
      report: stepReport.parse(JSON.parse(String(row['body']))),
    }));
  }

  reported(id: number, owner: QueueOwner): void {
    this.#statements.reported.run(id);
    this.#statements.prune.run(owner, owner);
  }

  /** Reports a result once more. False where it is not kept any longer. */
  again({ owner, generation, seq }: CommandKey): boolean {
    return this.#statements.again.run(owner, generation, seq).changes > 0;
  }
}
