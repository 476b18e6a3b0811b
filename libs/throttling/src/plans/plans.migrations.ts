import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';

/** How much consumers may ask. */
class Plans1796071000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table governance.plan(
        name text primary key check (name ~ '^[a-z][a-z0-9-]{0,59}$'),
        rate int not null check (rate between 1 and 1000000000),
        window_seconds int not null check (window_seconds between 10 and 3600),
        burst int not null check (burst between 1 and 1000000000),
        concurrency int check (concurrency between 1 and 1000000),
        daily_quota int check (daily_quota between 1 and 2000000000),
        changed_at timestamptz not null default now(),
        -- A smaller burst would make the rate unreachable for calls that come evenly.
        check (burst::bigint * window_seconds >= 2 * rate::bigint));
      create trigger announce after insert or update or delete or truncate on governance.plan
        for each statement execute function governance.announce();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table governance.plan');
  }
}

export const plansMigrations: MigrationClass[] = [Plans1796071000002];
