import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { uuidV7 } from '@yiqiu/kernel';
import { queueOwners, type CommandPush, type QueueOwner, type StepReport } from '@yiqiu/contracts';
import type { ProcessIdentity } from '../proc/index.ts';
import { admit, type Admission, type PushOrigin } from './admit.ts';
import { CommandTable } from './commands.ts';
import { openDatabase, transact } from './database.ts';
import { synced, unsynced } from './schema.ts';
import { ReportTable, type WaitingReport } from './reports.ts';
import type { AcceptedCommand, CommandKey, RunRow, UnitRecord } from './rows.ts';
import { UnitTable } from './units.ts';

const sql = {
  meta: 'SELECT value FROM meta WHERE key = ?',
  saveMeta: 'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
} as const;

/** Facts about the machine, one value each. */
export type MetaKey =
  /** In which boot the agent last ran. */
  | 'boot-id'
  /** `yes` between an announced power-off and the next start. */
  | 'powered-off'
  /** When what the platform last answered was asked, ms since the epoch. */
  | 'last-contact'
  /** Up to which command of the service owner nothing permits a start any more, JSON. */
  | 'permits-void'
  /** The last timing from a hello, JSON. */
  | 'timing'
  /** PEM of the platform's key, from the last hello. */
  | 'platform-key'
  /** The machine's address, from the last hello. */
  | 'address';

/** With the repeated commands whose result is not kept any longer: their owner is to be told so. */
export type Admitted =
  | Extract<Admission, { ok: false }>
  | (Extract<Admission, { ok: true }> & { readonly forgotten: readonly CommandKey[] });

/**
 * The agent's memory on disk (SQLite, WAL): each method that writes is one transaction. A command is synced before it is
 * accepted, its result before it is reported, and with either all that was written before. What lies between is with the
 * kernel, which is enough for an agent that is killed, and is synced with the next of these: where the machine's power fails
 * in the middle of a command, its processes are gone as well, and it is done again from where the disk has it.
 */
export class Journal {
  readonly id: string;
  /** Why an older journal was set aside when this one was opened, or null. */
  readonly setAside: string | null;
  readonly #db: DatabaseSync;
  readonly #commands: CommandTable;
  readonly #reports: ReportTable;
  readonly #units: UnitTable;
  readonly #meta: { readonly read: StatementSync; readonly save: StatementSync };

  constructor(path: string, nowMs: number = Date.now()) {
    const { db, setAside } = openDatabase(path, nowMs);
    this.#db = db;
    this.setAside = setAside;
    this.#commands = new CommandTable(db);
    this.#reports = new ReportTable(db);
    this.#units = new UnitTable(db);
    this.#meta = { read: db.prepare(sql.meta), save: db.prepare(sql.saveMeta) };
    this.id = this.#value('journal-id') ?? this.#newId(nowMs);
  }

  meta(key: MetaKey): string | null {
    return this.#value(key);
  }

  setMeta(key: MetaKey, value: string): void {
    this.#meta.save.run(key, value);
  }

  /** When what the platform last answered was asked. Not synced: an older time makes the agent more careful, never less. */
  contacted(askedAtMs: number): void {
    this.#unsynced(() => this.#meta.save.run('last-contact', String(askedAtMs)));
  }

  /** Generation 0 where the owner never spoke. */
  place(owner: QueueOwner): { readonly generation: number; readonly lastSeq: number } {
    const row = this.#commands.owner(owner);
    return { generation: row?.generation ?? 0, lastSeq: row?.last_seq ?? 0 };
  }

  lineage(owner: QueueOwner): string | null {
    return this.#commands.owner(owner)?.lineage ?? null;
  }

  /** Journals what {@link admit} takes of a push; results of repeated commands are marked to be reported again. */
  admit(push: CommandPush, origin: PushOrigin): Admitted {
    return transact(this.#db, () => {
      const admission = admit(this.#commands.owner(push.owner), push, origin);
      if (!admission.ok) return admission;
      if (admission.generationBegan) this.#commands.removeOlder(push.owner, push.generation);
      for (const command of admission.accept) this.#commands.insert(push.owner, push.generation, command);
      this.#commands.saveOwner(admission.owner);
      const repeated = admission.repeated.map(({ seq }) => ({ owner: push.owner, generation: push.generation, seq }));
      const forgotten = repeated.filter((key) => !this.#reports.again(key) && !this.#commands.has(key));
      return { ...admission, forgotten };
    });
  }

  /** Accepted and without result, per owner in the order of their numbers. */
  commands(): AcceptedCommand[] {
    return queueOwners.flatMap((owner) => this.#commands.all().filter(({ key }) => key.owner === owner));
  }

  command(key: CommandKey): AcceptedCommand | null {
    return this.#commands.one(key);
  }

  /** Whether it is accepted and without result. */
  isOpen(key: CommandKey): boolean {
    return this.#commands.has(key);
  }

  begin(key: CommandKey, nowMs: number, bootId: string): void {
    this.#unsynced(() => this.#commands.begin(key, nowMs, bootId));
  }

  /** The result, and with it the end of the command; `unit`: for which it was done, as it is from now on. */
  finish(report: StepReport, unit: UnitRecord | null): void {
    transact(this.#db, () => {
      this.#reports.insert(report);
      this.#commands.remove(report);
      if (unit !== null) this.#units.save(unit);
    });
  }

  run(key: CommandKey, name: string, attempt: number): RunRow | null {
    return this.#commands.run(key, name, attempt);
  }

  saveRun(key: CommandKey, name: string, attempt: number, identity: ProcessIdentity, nowMs: number): void {
    this.#unsynced(() => this.#commands.saveRun(key, name, attempt, identity, nowMs));
  }

  /** How far a command at work has come, by names that its step chooses; gone with its result. */
  mark(key: CommandKey, name: string): string | null {
    return this.#commands.mark(key, name);
  }

  saveMark(key: CommandKey, name: string, value: string): void {
    this.#unsynced(() => this.#commands.saveMark(key, name, value));
  }

  /** Hooks that were started for no owner's command: those of generation 0. */
  ownRuns(): { readonly key: CommandKey; readonly identity: ProcessIdentity }[] {
    return this.#commands.ownRuns();
  }

  /** Runs and marks of a key that no owner's command has. */
  forget(key: CommandKey): void {
    transact(this.#db, () => this.#commands.remove(key));
  }

  waitingReports(limit: number): WaitingReport[] {
    return this.#reports.waiting(limit);
  }

  reported(id: number, owner: QueueOwner): void {
    this.#unsynced(() => transact(this.#db, () => this.#reports.reported(id, owner)));
  }

  units(): UnitRecord[] {
    return this.#units.all();
  }

  unit(home: string): UnitRecord | null {
    return this.#units.one(home);
  }

  saveUnit(record: UnitRecord): void {
    this.#unsynced(() => this.#units.save(record));
  }

  removeUnit(home: string): void {
    this.#units.remove(home);
  }

  close(): void {
    this.#db.close();
  }

  #unsynced(write: () => unknown): void {
    this.#db.exec(unsynced);
    try {
      write();
    } finally {
      this.#db.exec(synced);
    }
  }

  #value(key: string): string | null {
    const value = this.#meta.read.get(key)?.['value'];
    return typeof value === 'string' ? value : null;
  }

  #newId(nowMs: number): string {
    const id = uuidV7(nowMs, randomBytes(10));
    this.#meta.save.run('journal-id', id);
    return id;
  }
}
