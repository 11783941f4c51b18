import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Command rows are deleted when they are old enough. Their times come in order, so that the index grows at its right edge
 * only; BRIN would not do, since the rows that take the place of deleted ones end its correlation.
 */
export class CommandAge1764000000002 implements MigrationInterface {
  readonly name = 'CommandAge1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX command_at_ix ON command (at_ms)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX command_at_ix');
  }
}
