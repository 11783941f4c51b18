import { chmodSync, existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errorMessage } from '../proc/index.ts';
import { pragmas, quickCheck, readSchemaVersion, schema, schemaVersion } from './schema.ts';

export interface OpenedDatabase {
  readonly db: DatabaseSync;
  /** Why the journal that was there was set aside, or null. */
  readonly setAside: string | null;
}

/**
 * Opens the journal's file, mode 0600, or makes it. A damaged one is set aside under another name and a new one made: its
 * owner sees another journal id, closes what was outstanding and repairs by report. Throws on a journal of a newer agent.
 */
export const openDatabase = (path: string, nowMs: number): OpenedDatabase => {
  if (!existsSync(path)) return { db: create(path), setAside: null };
  let db: DatabaseSync;
  try {
    db = openExisting(path);
  } catch (error) {
    if (error instanceof JournalVersionError) throw error;
    const aside = `${path}.damaged-${nowMs}`;
    renameSync(path, aside);
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return { db: create(path), setAside: `${errorMessage(error)}; kept as ${aside}` };
  }
  return { db, setAside: null };
};

/** The journal was written by another version of the agent. */
export class JournalVersionError extends Error {
  override readonly name = 'JournalVersionError';
}

const openExisting = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path);
  try {
    db.exec(pragmas);
    const version = Number(db.prepare(readSchemaVersion).get()?.['user_version']);
    // Killed between making the file and the schema: nothing was ever journalled.
    if (version === 0) db.exec(transactionOf(schema));
    else if (version !== schemaVersion) {
      throw new JournalVersionError(`journal ${path} has version ${version}, this agent knows ${schemaVersion}`);
    }
    const check = db.prepare(quickCheck).get()?.['quick_check'];
    if (check !== 'ok') throw new Error(`journal ${path} is damaged: ${String(check)}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const create = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path);
  chmodSync(path, 0o600);
  db.exec(pragmas);
  db.exec(transactionOf(schema));
  return db;
};

const transactionOf = (statements: string): string => `BEGIN IMMEDIATE;\n${statements}\nCOMMIT;`;

/** Runs `work` in one transaction: on disk when this returns, undone where it throws. */
export const transact = <T>(db: DatabaseSync, work: () => T): T => {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
};
