import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Billing1763700060001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema if not exists billing;

      -- What checks and prices are looked up in: as the events last told it.
      create table billing.project(
        id text primary key, deal_id text, title text, customer_id text, customer_name text, rate_card text, financial jsonb);
      create table billing.assignment(id text primary key, project_id text not null, email text not null, state jsonb not null);
      create index assignment_project on billing.assignment(project_id, email);
      create table billing.rate(
        id text primary key, level text not null, subject text not null, role text, resourcing_entity text, overtime boolean, unit text not null,
        amount numeric not null, currency char(3) not null, from_date date not null, to_date date, origin text not null);
      create index rate_subject on billing.rate(level, subject);
      create index rate_origin on billing.rate(origin);
      create table billing.expense_term(
        id text primary key, level text not null, subject text not null, category text, treatment text not null, percent numeric, unit_rate jsonb,
        unit_cost jsonb, max_amount jsonb, receipt_over jsonb, from_date date not null);
      create table billing.exchange_rate(id text primary key, from_currency char(3) not null, to_currency char(3) not null, effective_from date not null, rate numeric not null);
      create table billing.period(id text primary key, legal_entity text not null, name text not null, start_date date not null, end_date date not null, open boolean not null);

      -- One row per approved line of time or expense: its newest version, and what became of it. Approved lines stay for ever.
      create table billing.line(
        id text primary key, kind text not null check (kind in ('time', 'expense')),
        version int not null, content_hash text, sequence int not null, approved boolean not null, entry jsonb not null,
        assessment text not null check (assessment in ('none', 'priced', 'blocked', 'skipped')), priced jsonb, faults jsonb,
        overage_minutes int, overage_amount numeric, exception_id text,
        state text not null, since timestamptz not null, revision int not null, seq bigint generated always as identity,
        project_id text not null, email text not null, work_date date not null, minutes int, timesheet_id text,
        amount numeric, currency char(3), worker_id text, posted_at timestamptz, approved_at timestamptz,
        legal_entities text[] not null, correlation_id text not null,
        -- Not before this is it checked (again): what it lacks may be on its way.
        check_after timestamptz not null default now())
        with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
      create index line_received on billing.line(check_after, seq) where state = 'received';
      create index line_waiting on billing.line(state, since) where state in ('ready', 'blocked', 'correcting', 'needs-credit', 'received');
      create index line_day on billing.line(email, work_date) where kind = 'time' and approved;
      create index line_project on billing.line(project_id, work_date, id);
      create index line_timesheet on billing.line(timesheet_id);
      create index line_overage on billing.line(project_id, work_date, id) where overage_amount > 0;
      create index line_worker on billing.line(worker_id, work_date);

      -- One row per external id, for its whole life in the ERP. Of a line at most one is on its way.
      create table billing.posting(
        external_id text primary key, line_id text not null references billing.line, version int not null, kind text not null,
        operation text not null check (operation in ('post', 'remove')),
        state text not null check (state in ('ready', 'claimed', 'posted', 'refused', 'removed', 'reversed', 'credited')),
        reverses text, transaction jsonb not null, amount numeric not null, currency char(3) not null, minutes int, capped boolean not null,
        billing text not null default 'unbilled' check (billing in ('unbilled', 'billed', 'paid')), invoice jsonb, ref jsonb,
        refusal jsonb, batch uuid, posted_at timestamptz, seq bigint generated always as identity)
        with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
      create index posting_line on billing.posting(line_id);
      create index posting_ready on billing.posting(operation, kind, seq) where state = 'ready';
      create unique index posting_on_its_way on billing.posting(line_id) where state in ('ready', 'claimed');
      create index posting_batch on billing.posting(batch) where state = 'claimed';

      -- A batch on its way: its members and their content are frozen; whoever holds the lease drives it.
      create table billing.batch(
        id uuid primary key, operation text not null, kind text not null, lines int not null,
        state text not null check (state in ('open', 'done')), owner text not null, lease_until timestamptz not null,
        created_at timestamptz not null default now(), done_at timestamptz);
      create index batch_open on billing.batch(lease_until) where state = 'open';

      -- What is taken of a project's not-to-exceed; its row is the project's lock. 'freed': there may be room for overage again.
      create table billing.cap(project_id text primary key, consumed numeric not null default 0, freed boolean not null default false);
      create index cap_freed on billing.cap(project_id) where freed;

      -- Which process does what only one should do at a time, and why nothing is sent while the ERP is away.
      create table billing.turn(name text primary key, owner text not null, until timestamptz not null);
      create table billing.hold(name text primary key, reason text not null, since timestamptz not null);

      create table billing.invoice(id text primary key, state jsonb not null);

      -- How much of a timesheet, expense report or invoice the PSA has been told, and what is to be told.
      create table billing.status_back(
        subject text primary key, kind text not null, wanted int not null, told int not null default 0, due_at timestamptz not null, last_error text);
      create index status_back_due on billing.status_back(due_at) where wanted > told;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema billing cascade');
  }
}

export const billingMigrations = [Billing1763700060001];
