import type { MigrationInterface, QueryRunner } from '#persistence';

export class EventLog1763700007001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists events;
      create table events.key_head(key text primary key, seq bigint not null);
      create table events.event(
        pos bigint generated always as identity primary key,
        xid xid8 not null default pg_current_xact_id(),
        source text not null, id text not null, type text not null, key text not null, key_seq bigint not null,
        time timestamptz not null, recorded_at timestamptz not null default clock_timestamp(),
        data jsonb not null, legal_entities text[] not null, correlation_id text not null, traceparent text, actor jsonb,
        unique(source, id), unique(key, key_seq));
      create index event_order on events.event(xid, pos);
      create table events.subscription(
        name text primary key, last_xid xid8 not null default '0', last_pos bigint not null default 0, read_at timestamptz);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema events cascade');
  }
}

/** Lets a reader of rare types find its new events without walking past all others. */
export class EventsOfType1763700007002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index event_of_type on events.event(type, xid, pos)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index events.event_of_type');
  }
}

/**
 * What could not be taken because of its content, by the place that could not take it. Entries that
 * wait behind another have no `what`. `content` is text, not jsonb, because it may be exactly what
 * jsonb refuses. A place with too many entries is stopped.
 */
export class SetAside1763700007003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table events.set_aside(
        place text not null, key text not null, item text not null, n bigint generated always as identity, id text not null,
        system text not null, noun text not null, native_id text not null, what text, content text, release text not null,
        legal_entities text[] not null default '{}', correlation_id text not null,
        at timestamptz not null default clock_timestamp(), again boolean not null default false,
        primary key(place, key, item));
      create index set_aside_order on events.set_aside(place, n);
      create unique index set_aside_id on events.set_aside(id);
      create table events.stopped(
        place text primary key, id text not null, what text not null, release text not null, at timestamptz not null default clock_timestamp());
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table events.set_aside, events.stopped');
  }
}

export const eventsMigrations = [EventLog1763700007001, EventsOfType1763700007002, SetAside1763700007003];
