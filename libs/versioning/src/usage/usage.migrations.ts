import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';

/** How often each consumer used each operation and field, by day. */
class GovernanceUsage1796100000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists governance;
      create table governance.usage (
        app text not null,
        day date not null,
        version text not null,
        operation text not null,
        field text not null,
        consumer text not null,
        release text not null,
        calls bigint not null,
        last_at timestamptz not null,
        primary key (app, day, version, operation, field, consumer, release)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table governance.usage');
  }
}

export const usageMigrations: MigrationClass[] = [GovernanceUsage1796100000300];
