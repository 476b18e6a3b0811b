import { consumersMigrations, partnersMigrations } from '#auth';
import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';
import { permitsMigrations, plansMigrations } from '#throttling';
import { retirementMigrations, usageMigrations } from '#versioning';

/** First answers to idempotency keys, and the audit log, which is append-only. */
export class Service1763700005001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema if not exists service`);
    await runner.query(`
      create table service.idempotency (
        caller text not null,
        route text not null,
        key text not null,
        fingerprint text not null,
        run uuid not null,
        leased_until timestamptz,
        status int,
        headers jsonb,
        body text,
        claimed_at timestamptz not null default now(),
        answered_at timestamptz,
        primary key (caller, route, key)
      )`);
    await runner.query(`create index idempotency_age on service.idempotency (claimed_at)`);
    await runner.query(`
      create table service.audit (
        id bigint generated always as identity primary key,
        at timestamptz not null default now(),
        app text not null,
        actor jsonb not null,
        client text not null,
        what text not null,
        subject text not null,
        why text,
        before jsonb,
        after jsonb,
        correlation_id text not null,
        traceparent text
      )`);
    await runner.query(`create index audit_subject on service.audit (subject, id)`);
    await runner.query(`create index audit_correlation on service.audit (correlation_id)`);
    await runner.query(`
      create function service.audit_is_append_only() returns trigger language plpgsql as $$
      begin
        raise exception 'service.audit is append-only: % is refused', tg_op using errcode = 'restrict_violation';
      end $$`);
    await runner.query(`
      create trigger append_only before update or delete or truncate on service.audit
      for each statement execute function service.audit_is_append_only()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table service.idempotency`);
    await runner.query(`drop table service.audit`);
    await runner.query(`drop function service.audit_is_append_only()`);
    await runner.query(`drop schema service`);
  }
}

/**
 * The rights with which an answer was made. Older rows have none; they are replayed to their caller
 * until they expire.
 */
export class IdempotencyRights1763700005002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table service.idempotency add column rights jsonb`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table service.idempotency drop column rights`);
  }
}

/** Include these in every app's DatabaseModule. */
export const serviceMigrations: MigrationClass[] = [
  Service1763700005001,
  IdempotencyRights1763700005002,
  ...consumersMigrations,
  ...plansMigrations,
  ...permitsMigrations,
  ...usageMigrations,
  ...retirementMigrations,
  ...partnersMigrations,
];
