import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';

/**
 * What partners are answered from, built from canonical events: no source of record. It has no
 * column for what a partner must not know (prices, rates, caps, margins, an agency's customer's
 * invoices), so no answer can contain it. `seq` is the log position of the event that last wrote a
 * row.
 */
class PartnerReadModel1796300000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema partner;

      create table partner.project(
        id text primary key, seq bigint not null default 0, erp_seq bigint not null default 0,
        title text, status text, start_date date, end_date date, milestones jsonb not null default '[]',
        psa_customer_id text, erp_customer_id text,
        -- Where people made the project in the PSA, only the ERP knows the customer.
        customer_id text generated always as (coalesce(psa_customer_id, erp_customer_id)) stored,
        legal_entities text[] not null default '{}', gone boolean not null default false);
      create index project_customer on partner.project(customer_id, (coalesce(start_date, '-infinity')), id);

      create table partner.invoice(
        id text primary key, seq bigint not null, number text not null, status text not null, project_id text,
        -- That of its project when the invoice was first seen with one: it never goes to another.
        customer_id text,
        legal_entities text[] not null, date date not null, due_date date, amount numeric(21, 6) not null, due_amount numeric(21, 6) not null,
        currency char(3) not null, gone boolean not null);
      create index invoice_customer on partner.invoice(customer_id, date, id);
      create index invoice_project on partner.invoice(project_id);

      create table partner.invoice_line(
        invoice_id text not null, external_id text not null, line_id text not null, version integer not null, part text not null,
        primary key (invoice_id, external_id));
      create index invoice_line_line on partner.invoice_line(line_id, version);
      -- A version of a line as it went to billing; shown once it is on an invoice.
      create table partner.invoiced(
        line_id text not null, version integer not null, revision bigint not null, kind text not null, work_date date not null, person text not null,
        minutes integer, amount numeric(21, 6), currency char(3),
        primary key (line_id, version));

      create table partner.line(
        id text primary key, entry jsonb, billing jsonb, email text, worker_id text, agency text,
        kind text not null, state text not null, blocks text[] not null, project_id text not null, person text not null, work_date date not null,
        minutes integer, spent numeric(21, 6), currency char(3), category text, note text,
        changed_at timestamptz not null, legal_entities text[] not null);
      create index line_agency on partner.line(agency, changed_at, id) where agency is not null;
      create index line_email on partner.line(email);
      create index line_worker on partner.line(worker_id);
      -- By whom a worker is lent, from a day until that of the worker's next row; null: by nobody, or nobody says so.
      create table partner.employment(
        worker_id text not null, from_date date not null, seq bigint not null, email text, agency text,
        primary key (worker_id, from_date));
      create index employment_email on partner.employment(email);

      create table partner.progress(name text primary key, read_to timestamptz not null, applied_at timestamptz not null)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema partner cascade');
  }
}

export const partnerMigrations: MigrationClass[] = [PartnerReadModel1796300000100];
