import type { MigrationInterface, QueryRunner } from '#persistence';

export class Exceptions1763700011001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists exceptions;
      create table exceptions.exception(
        id text primary key, version int not null default 1, app text not null, flow text not null, step text not null, run_id text not null,
        turn jsonb, reasons jsonb not null, category text not null, desk text not null, subject text not null, keys jsonb not null,
        refs jsonb not null, money jsonb not null,
        state text not null check (state in ('open', 'waiting', 'retrying', 'resolved', 'skipped')),
        opened_at timestamptz not null, due_at timestamptz not null, resolved_at timestamptz,
        parked_behind int not null default 0, effect text not null, request text, answer text, legal_entities text[] not null,
        correlation_id text not null, traceparent text, history jsonb not null);
      create index exception_open on exceptions.exception(desk, opened_at, id) where state in ('open', 'waiting', 'retrying');
      create table exceptions.need(
        exception_id text not null references exceptions.exception, need text not null, desk text not null, cure jsonb not null, met_at timestamptz,
        primary key(exception_id, need));
      create index need_unmet on exceptions.need(need) where met_at is null;
      -- A group on its way: its oldest goes first; the rest follow only when that one has come through.
      create table exceptions.release(
        id bigint generated always as identity primary key, need text not null, canary text not null references exceptions.exception,
        state text not null check (state in ('canary', 'released', 'failed')), released_by jsonb not null, reason text, at timestamptz not null default now());
      create index release_canary on exceptions.release(canary) where state = 'canary';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema exceptions cascade');
  }
}

export const exceptionsMigrations = [Exceptions1763700011001];
