import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables of one log, in the schema on the search path.
 *
 * `body` is text and not bytea: JSON text is well-formed UTF-8 without NUL, so text gives it back byte for byte, and
 * reading it costs no hexadecimal. `stream` and `type` compare by byte. Time is asked for in ranges that follow the
 * position, for which BRIN costs next to nothing at the insert. The head row is updated by every append; it leaves room in
 * its page, so that its versions stay there (HOT).
 */
const tables = `
CREATE TABLE head (
  one smallint NOT NULL DEFAULT 1 CONSTRAINT head_one_ck CHECK (one = 1),
  context text NOT NULL,
  lineage uuid NOT NULL,
  position bigint NOT NULL CONSTRAINT head_position_ck CHECK (position >= 0),
  epoch bigint NOT NULL CONSTRAINT head_epoch_ck CHECK (epoch >= 0),
  cursors jsonb NOT NULL,
  closed_l bigint NOT NULL,
  closed_c bigint NOT NULL,
  lease_holder text NULL,
  lease_until timestamptz NULL,
  CONSTRAINT head_pk PRIMARY KEY (one),
  CONSTRAINT head_lease_ck CHECK ((lease_holder IS NULL) = (lease_until IS NULL))
) WITH (fillfactor = 10);

CREATE TABLE event (
  position bigint NOT NULL,
  stream text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  time_ms bigint NOT NULL,
  body text NOT NULL,
  leaf bytea NOT NULL,
  CONSTRAINT event_pk PRIMARY KEY (position)
);
CREATE INDEX event_stream_ix ON event (stream, position);
CREATE INDEX event_type_ix ON event (type, position);
CREATE INDEX event_time_ix ON event USING brin (time_ms) WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE command (
  id text COLLATE "C" NOT NULL,
  fingerprint text NOT NULL,
  first_position bigint NULL,
  last_position bigint NULL,
  answer text NOT NULL,
  at_ms bigint NOT NULL,
  CONSTRAINT command_pk PRIMARY KEY (id),
  CONSTRAINT command_positions_ck CHECK ((first_position IS NULL) = (last_position IS NULL))
);

CREATE TABLE snapshot (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  lineage uuid NOT NULL,
  position bigint NOT NULL,
  fold_version bigint NOT NULL,
  begun timestamptz NOT NULL DEFAULT clock_timestamp(),
  chunks integer NULL,
  CONSTRAINT snapshot_pk PRIMARY KEY (id)
);
COMMENT ON COLUMN snapshot.chunks IS 'how many there are; null while it is being written';

CREATE TABLE snapshot_chunk (
  snapshot_id uuid NOT NULL,
  number integer NOT NULL,
  body text NOT NULL,
  CONSTRAINT snapshot_chunk_pk PRIMARY KEY (snapshot_id, number),
  CONSTRAINT snapshot_chunk_snapshot_fk FOREIGN KEY (snapshot_id) REFERENCES snapshot (id) ON DELETE CASCADE
);

CREATE TABLE blob (
  digest text COLLATE "C" NOT NULL,
  size bigint NOT NULL,
  CONSTRAINT blob_pk PRIMARY KEY (digest)
);

CREATE TABLE blob_chunk (
  digest text COLLATE "C" NOT NULL,
  number integer NOT NULL,
  bytes bytea NOT NULL,
  CONSTRAINT blob_chunk_pk PRIMARY KEY (digest, number),
  CONSTRAINT blob_chunk_blob_fk FOREIGN KEY (digest) REFERENCES blob (digest) ON DELETE CASCADE
);
ALTER TABLE blob_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
`;

export class EventLog1764000000001 implements MigrationInterface {
  readonly name = 'EventLog1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
  }

  /** For a log that was never written to: the events are the truth, and dropping them is not a migration. */
  async down(runner: QueryRunner): Promise<void> {
    const [row]: { readonly events: string }[] = await runner.query('SELECT count(*) AS events FROM event');
    if (row?.events !== '0') throw new Error('the log holds events: it is not dropped by a migration');
    await runner.query('DROP TABLE blob_chunk, blob, snapshot_chunk, snapshot, command, event, head');
  }
}
