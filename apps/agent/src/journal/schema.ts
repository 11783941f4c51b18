/** Raised with every change of the tables below; a journal of another number is not opened. */
export const schemaVersion = 1;

export const pragmas = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 5000;
PRAGMA cache_size = -512;
`;

/** Of the transactions from here on: on disk when they return, or with the kernel until the next one that is. */
export const synced = 'PRAGMA synchronous = FULL';
export const unsynced = 'PRAGMA synchronous = NORMAL';

export const readSchemaVersion = 'PRAGMA user_version';
export const quickCheck = 'PRAGMA quick_check';

/** One statement a table; what each holds is said where it is used. */
export const schema = `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE owner (
  owner TEXT PRIMARY KEY,
  lineage TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE command (
  owner TEXT NOT NULL,
  generation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  start_by INTEGER NOT NULL,
  payload TEXT NOT NULL,
  started_at INTEGER,
  boot_id TEXT,
  PRIMARY KEY (owner, generation, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
  owner TEXT NOT NULL,
  generation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  start_ticks INTEGER NOT NULL,
  kernel_boot_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  PRIMARY KEY (owner, generation, seq, name, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark (
  owner TEXT NOT NULL,
  generation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (owner, generation, seq, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE report (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  generation INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  reported INTEGER NOT NULL,
  UNIQUE (owner, generation, seq)
) STRICT;

CREATE INDEX report_waiting ON report (reported, id);

CREATE TABLE unit (
  home TEXT PRIMARY KEY,
  uid TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = ${schemaVersion};
`;
