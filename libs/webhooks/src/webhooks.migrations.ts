import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';

/** Where partners are told what happened, and what they were told. */
class Webhooks1796200000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema webhooks;
      create table webhooks.endpoint(
        id text primary key, owner text not null, url text not null check (length(url) <= 2000), types text[] not null,
        state text not null check (state in ('active', 'disabled')), why text,
        -- Since when nothing has got through, and until when nothing is tried.
        failing_since timestamptz, waits_until timestamptz,
        created_at timestamptz not null, changed_at timestamptz not null);
      create index endpoint_owner on webhooks.endpoint(owner, id);
      create table webhooks.secret(
        endpoint_id text not null references webhooks.endpoint on delete cascade, number int not null, secret text not null,
        -- Null is the newest; older ones sign beside it until then.
        until timestamptz,
        primary key (endpoint_id, number));
      create table webhooks.message(
        id text primary key, seq bigint generated always as identity unique, owner text not null, type text not null, key text not null,
        -- As it is signed and sent, byte by byte.
        body text not null check (length(body) <= 65536), made_at timestamptz not null);
      create index message_owner on webhooks.message(owner, made_at, seq);
      create index message_made on webhooks.message(made_at);
      create table webhooks.delivery(
        endpoint_id text not null references webhooks.endpoint on delete cascade, message_id text not null references webhooks.message on delete cascade,
        seq bigint not null, key text not null, state text not null check (state in ('pending', 'delivered', 'dead')),
        attempts int not null default 0, first_tried_at timestamptz, due_at timestamptz not null,
        -- The attempt that is under way, and until when nobody else makes one.
        attempt uuid, leased_until timestamptz,
        status int, why text, settled_at timestamptz,
        primary key (endpoint_id, message_id));
      create index delivery_message on webhooks.delivery(message_id);
      create index delivery_due on webhooks.delivery(due_at) where state = 'pending';
      create index delivery_key on webhooks.delivery(endpoint_id, key, seq) where state = 'pending';
      create index delivery_seq on webhooks.delivery(endpoint_id, seq);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema webhooks cascade');
  }
}

export const webhooksMigrations: MigrationClass[] = [Webhooks1796200000100];
