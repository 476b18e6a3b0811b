import type { MigrationInterface, QueryRunner } from '#persistence';

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

/**
 * One row per difference, since a decision to keep a value holds each time the same value is wanted
 * again. detail: from which work date a price holds, and whether work that is already priced is
 * priced again.
 */
export class DecisionsOfDifferences1796024400481 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table ownership.decision drop constraint decision_pkey, add column detail jsonb,
        add column difference text generated always as (md5(stands || E'\\n' || wanted)) stored;
      alter table ownership.decision add primary key (record_id, attribute, difference);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from ownership.decision d using ownership.decision newer
      where newer.record_id = d.record_id and newer.attribute = d.attribute and (newer.asked_at, newer.difference) > (d.asked_at, d.difference);
      alter table ownership.decision drop constraint decision_pkey, drop column difference, drop column detail, add primary key (record_id, attribute);
    `);
  }
}

export const ownershipMigrations = [Ownership1796009557281, DecisionsOfDifferences1796024400481];
