import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AgentCommand, AgentPayload, QueueOwner } from '@yiqiu/contracts';
import type { ProcessIdentity } from '../proc/index.ts';
import {
  commandRow,
  keyText,
  ownerRow,
  placeRow,
  runRow,
  standingRow,
  type AcceptedCommand,
  type CommandKey,
  type OwnerRow,
  type RunRow,
} from './rows.ts';

const sql = {
  owner: 'SELECT * FROM owner WHERE owner = ?',
  saveOwner: `INSERT INTO owner (owner, lineage, epoch, generation, last_seq) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (owner) DO UPDATE SET lineage = excluded.lineage, epoch = excluded.epoch,
      generation = excluded.generation, last_seq = excluded.last_seq`,
  insert: 'INSERT INTO command (owner, generation, seq, start_by, payload) VALUES (?, ?, ?, ?, ?)',
  all: 'SELECT * FROM command ORDER BY owner, generation, seq',
  one: 'SELECT * FROM command WHERE owner = ? AND generation = ? AND seq = ?',
  standing: 'SELECT start_by, started_at, boot_id FROM command WHERE owner = ? AND generation = ? AND seq = ?',
  begin: `UPDATE command SET started_at = ?, boot_id = ? WHERE owner = ? AND generation = ? AND seq = ?
    AND started_at IS NULL`,
  remove: 'DELETE FROM command WHERE owner = ? AND generation = ? AND seq = ?',
  removeOlder: 'DELETE FROM command WHERE owner = ? AND generation < ? AND started_at IS NULL',
  run: `SELECT pid, start_ticks, kernel_boot_id, started_at FROM run
    WHERE owner = ? AND generation = ? AND seq = ? AND name = ? AND attempt = ?`,
  saveRun: `INSERT OR REPLACE INTO run
    (owner, generation, seq, name, attempt, pid, start_ticks, kernel_boot_id, started_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ownRuns: 'SELECT owner, generation, seq, pid, start_ticks, kernel_boot_id, started_at FROM run WHERE generation = 0',
  removeRuns: 'DELETE FROM run WHERE owner = ? AND generation = ? AND seq = ?',
  mark: 'SELECT value FROM mark WHERE owner = ? AND generation = ? AND seq = ? AND name = ?',
  saveMark: 'INSERT OR REPLACE INTO mark (owner, generation, seq, name, value) VALUES (?, ?, ?, ?, ?)',
  removeMarks: 'DELETE FROM mark WHERE owner = ? AND generation = ? AND seq = ?',
} as const;

const placeOf = ({ owner, generation, seq }: CommandKey): [string, number, number] => [owner, generation, seq];

/** Commands from acceptance to result, and how far the one at work has come. No transactions here: the journal's. */
export class CommandTable {
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>;

  /**
   * What this process accepted itself, as it was read then: the table alone says whether it still stands. Bounded as the queue
   * is.
   */
  readonly #payloads = new Map<string, AgentPayload>();

  constructor(db: DatabaseSync) {
    this.#statements = {
      owner: db.prepare(sql.owner),
      saveOwner: db.prepare(sql.saveOwner),
      insert: db.prepare(sql.insert),
      all: db.prepare(sql.all),
      one: db.prepare(sql.one),
      standing: db.prepare(sql.standing),
      begin: db.prepare(sql.begin),
      remove: db.prepare(sql.remove),
      removeOlder: db.prepare(sql.removeOlder),
      run: db.prepare(sql.run),
      saveRun: db.prepare(sql.saveRun),
      ownRuns: db.prepare(sql.ownRuns),
      removeRuns: db.prepare(sql.removeRuns),
      mark: db.prepare(sql.mark),
      saveMark: db.prepare(sql.saveMark),
      removeMarks: db.prepare(sql.removeMarks),
    };
  }

  owner(owner: QueueOwner): OwnerRow | null {
    const row = this.#statements.owner.get(owner);
    return row === undefined ? null : ownerRow.parse(row);
  }

  saveOwner(row: OwnerRow): void {
    this.#statements.saveOwner.run(row.owner, row.lineage, row.epoch, row.generation, row.last_seq);
  }

  insert(owner: QueueOwner, generation: number, command: AgentCommand): void {
    const payload = JSON.stringify(command.payload);
    this.#statements.insert.run(owner, generation, command.seq, command.startBy, payload);
    this.#payloads.set(keyText({ owner, generation, seq: command.seq }), command.payload);
  }

  /** Per owner in the order of their numbers. */
  all(): AcceptedCommand[] {
    return this.#statements.all.all().map((row) => commandRow.parse(row));
  }

  one(key: CommandKey): AcceptedCommand | null {
    const payload = this.#payloads.get(keyText(key));
    if (payload === undefined) {
      const row = this.#statements.one.get(...placeOf(key));
      return row === undefined ? null : commandRow.parse(row);
    }
    const row = this.#statements.standing.get(...placeOf(key));
    return row === undefined ? null : { key, payload, ...standingRow.parse(row) };
  }

  /** Whether it is accepted and without result. */
  has(key: CommandKey): boolean {
    return this.#statements.standing.get(...placeOf(key)) !== undefined;
  }

  /** Once; a command that was begun before keeps its time and boot. */
  begin(key: CommandKey, nowMs: number, bootId: string): void {
    this.#statements.begin.run(nowMs, bootId, ...placeOf(key));
  }

  remove(key: CommandKey): void {
    this.#payloads.delete(keyText(key));
    for (const statement of [this.#statements.remove, this.#statements.removeRuns, this.#statements.removeMarks]) {
      statement.run(...placeOf(key));
    }
  }

  /** What was not begun and belongs to a generation that ended: its owner closed it. */
  removeOlder(owner: QueueOwner, generation: number): void {
    this.#statements.removeOlder.run(owner, generation);
    // Those that have begun are read from the table where they are asked for again.
    this.#payloads.clear();
  }

  run(key: CommandKey, name: string, attempt: number): RunRow | null {
    const row = this.#statements.run.get(...placeOf(key), name, attempt);
    return row === undefined ? null : runRow.parse(row);
  }

  saveRun(key: CommandKey, name: string, attempt: number, identity: ProcessIdentity, nowMs: number): void {
    const { pid, startTicks, kernelBootId } = identity;
    this.#statements.saveRun.run(...placeOf(key), name, attempt, pid, startTicks, kernelBootId, nowMs);
  }

  ownRuns(): { key: CommandKey; identity: ProcessIdentity }[] {
    return this.#statements.ownRuns.all().map((row) => ({
      key: placeRow.parse(row),
      identity: runRow.parse(row).identity,
    }));
  }

  mark(key: CommandKey, name: string): string | null {
    const value = this.#statements.mark.get(...placeOf(key), name)?.['value'];
    return typeof value === 'string' ? value : null;
  }

  saveMark(key: CommandKey, name: string, value: string): void {
    this.#statements.saveMark.run(...placeOf(key), name, value);
  }
}
