import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Ownership1796009557281 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists ownership;
      -- A difference between what stands in a system and what is wanted there, and what a person decided about it. base: what stands from then on.
      create table ownership.decision(
        record_id text not null, attribute text not null, noun text not null, target text not null, stands text not null, wanted text not null,
        outcome text check (outcome in ('apply', 'keep', 'done')), base text, reason text, decided_by jsonb,
        asked_at timestamptz not null default now(), decided_at timestamptz, legal_entities text[] not null,
        primary key(record_id, attribute), check ((outcome is null) = (base is null)));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema ownership cascade');
  }
}

export const ownershipMigrations = [Ownership1796009557281];
