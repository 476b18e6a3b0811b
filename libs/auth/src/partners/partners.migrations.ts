import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';

/** Which firms call the house, and by which clients. */
class Partners1796200000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table governance.partner(
        id text primary key check (id ~ '^par_[a-z0-9-]{1,50}$'),
        kind text not null check (kind in ('agency', 'client')),
        name text not null check (name <> '' and length(name) <= 200),
        contact text not null check (contact like '%_@_%' and length(contact) <= 254),
        state text not null default 'active' check (state in ('active', 'suspended')),
        plan text not null,
        scopes text[] not null,
        legal_entities text[] not null check (not legal_entities @> '{*}'),
        customer_ids text[] not null default '{}' check (kind = 'client' or customer_ids = '{}'),
        -- An agency's people are seen by one partner.
        agency text unique check (agency <> '' and length(agency) <= 200),
        changed_at timestamptz not null default now(),
        check ((kind = 'agency') = (agency is not null)));
      create table governance.partner_client(
        issuer text not null check (issuer ~ '^[a-z][a-z0-9-]{0,39}$'),
        client_id text not null check (client_id <> '' and length(client_id) <= 200),
        partner_id text not null references governance.partner,
        bound_at timestamptz not null default now(),
        valid_until timestamptz,
        primary key (issuer, client_id));
      create trigger announce after insert or update or delete or truncate on governance.partner
        for each statement execute function governance.announce();
      create trigger announce after insert or update or delete or truncate on governance.partner_client
        for each statement execute function governance.announce();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table governance.partner_client, governance.partner');
  }
}

export const partnersMigrations: MigrationClass[] = [Partners1796200000100];
