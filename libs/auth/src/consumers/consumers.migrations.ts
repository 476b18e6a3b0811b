import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';

/** Who calls the house. */
class Consumers1796071000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists governance;
      create table governance.consumer(
        client_id text primary key check (client_id <> '' and length(client_id) <= 200),
        name text not null check (name <> '' and length(name) <= 200),
        contact text not null check (contact like '%_@_%' and length(contact) <= 254),
        plan text not null,
        state text not null default 'active' check (state in ('active', 'suspended')),
        changed_at timestamptz not null default now());
      -- Every process keeps these tables in memory: whatever changes them, by hand too, tells them all.
      create function governance.announce() returns trigger language plpgsql as $$
      begin
        perform pg_notify('throughline', tg_table_schema || '.' || tg_table_name);
        return null;
      end $$;
      create trigger announce after insert or update or delete or truncate on governance.consumer
        for each statement execute function governance.announce();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table governance.consumer; drop function governance.announce()');
  }
}

export const consumersMigrations: MigrationClass[] = [Consumers1796071000001];
