import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';

/** Which versions and operations have ended, and when others are answered as if they had. */
class GovernanceRetirement1796100000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table governance.retirement (
        app text not null,
        version text not null,
        operation text not null,
        retired_at timestamptz,
        successor text,
        approval jsonb,
        brown_outs jsonb not null default '[]',
        changed_at timestamptz not null default now(),
        primary key (app, version, operation)
      );
      create trigger announce after insert or update or delete or truncate on governance.retirement
        for each statement execute function governance.announce();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table governance.retirement');
  }
}

/** Which consumers took note of what ends. */
class GovernanceAcknowledgement1796100000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table governance.acknowledgement (
        app text not null,
        version text not null,
        operation text not null,
        consumer text not null,
        by text not null,
        told_on date not null,
        moves_by date not null,
        changed_at timestamptz not null default now(),
        primary key (app, version, operation, consumer)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table governance.acknowledgement');
  }
}

/** After the consumers', which make the function that announces changes. */
export const retirementMigrations: MigrationClass[] = [GovernanceRetirement1796100000400, GovernanceAcknowledgement1796100000500];
