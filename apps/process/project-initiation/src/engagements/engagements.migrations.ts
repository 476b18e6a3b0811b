import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Engagements1763700020001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists initiation;
      -- What a deal became: the project that stands on it, the terms it was applied on, and which state of the deal was applied last.
      create table initiation.engagement(
        deal_id text primary key, project_id text not null unique, status text not null check (status in ('active', 'archived')),
        terms jsonb not null, plan_id text not null, applied_hash text not null, applied_modified_at timestamptz not null, applied_seq bigint not null, changed_at timestamptz not null default now());
      -- A plan is kept under the hash of its effects, so that a person can look at it and apply exactly it.
      create table initiation.plan(
        id text primary key, hash text, deal_id text not null, desired jsonb not null, parts jsonb not null, effects jsonb not null,
        legal_entities text[] not null, created_at timestamptz not null default now());
      create index plan_hash on initiation.plan(hash, created_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema initiation cascade');
  }
}

export const initiationMigrations = [Engagements1763700020001];
