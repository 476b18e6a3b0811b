import type { MigrationInterface, QueryRunner } from '#persistence';

export class Lanes1763700012001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists flow;
      -- The lock of a lane: every transaction on its turns begins by locking this row.
      create table flow.lane(subscription text, key text, primary key(subscription, key));
      create table flow.turn(
        subscription text not null, key text not null, seq bigint not null, event_source text not null, event_id text not null,
        run int not null default 1, state text not null check (state in ('queued', 'parked', 'failed', 'done', 'skipped')),
        entered_at timestamptz not null default now(), finished_at timestamptz, stalled_at timestamptz, takeovers int not null default 0,
        correlation_id text not null, primary key(subscription, key, seq));
      create index turn_unfinished on flow.turn(subscription, key, seq) where state in ('queued', 'parked', 'failed');
      create index turn_clock on flow.turn(subscription, entered_at) where state in ('queued', 'parked') and stalled_at is null;
      create table flow.executor(executor_id text primary key, seen timestamptz not null);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema flow cascade');
  }
}

export const flowMigrations = [Lanes1763700012001];
