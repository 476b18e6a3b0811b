import type { MigrationInterface, QueryRunner } from '#persistence';

export class Connector1763700008001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists connector;
      create table connector.permit(
        vendor text, account text, gate uuid, held int not null, wanted int not null,
        lease_until timestamptz not null, paused_until timestamptz not null,
        primary key(vendor, account, gate));
      create table connector.write_key(
        system text, account text, key text, owner uuid, fence bigint not null, lease_until timestamptz not null,
        primary key(system, account, key));
      create table connector.attempt(
        id bigint generated always as identity primary key,
        system text not null, account text not null, kind text not null, key text not null, hash text not null,
        state text not null check(state in ('sent', 'answered', 'refused', 'unknown')),
        sent_at timestamptz not null, settled_at timestamptz, unsettled_until timestamptz not null, fence bigint not null, looks int not null default 0);
      create index attempt_open on connector.attempt(system, account, kind, key) where settled_at is null;
      create table connector.in_use(
        system text, account text, kind text, key text, native_id text not null, since timestamptz not null default clock_timestamp(),
        primary key(system, account, kind, key));
      create table connector.duplicate(
        system text, account text, kind text, key text, kept text not null, retired text,
        found_at timestamptz not null default clock_timestamp(), retired_at timestamptz,
        primary key(system, account, kind, key, retired));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema connector cascade');
  }
}

/**
 * Batches, one row each: its lease, what was sent and the outcome. A batch is deleted as a whole,
 * so outcomes are stored as they came.
 */
export class Connector1763700008002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table connector.batch(
        system text, account text, id uuid, hash text not null, legal_entities text[] not null,
        owner uuid, fence bigint not null, lease_until timestamptz not null,
        sent_at timestamptz[] not null, unsettled_until timestamptz not null, jobs text[] not null default '{}',
        done boolean not null default false, done_at timestamptz, outcomes json,
        primary key(system, account, id));
      create index batch_done on connector.batch(done_at) where done;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table connector.batch');
  }
}

/** Which key a vendor's record bears, for what the vendor tells by its own id alone. */
export class ConnectorInUse1796100000600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index in_use_native on connector.in_use(system, account, kind, native_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index connector.in_use_native');
  }
}

export const connectorMigrations = [Connector1763700008001, Connector1763700008002, ConnectorInUse1796100000600];
