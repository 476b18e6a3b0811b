import type { MigrationInterface, QueryRunner } from '#persistence';

/**
 * The portal's read model, built from canonical events. To rebuild it, empty the schema and set the
 * subscription's cursor back: nothing here is a source of record. `seq` is the log position of the
 * event that last wrote a row, so that an older event never overwrites a newer one.
 * libs/persistence/src/access states who sees which row, and is applied after all migrations. The
 * first releases created their own rules here; those needed rights that an owner need not have, and
 * PortalRowRules (portal.migrations.ts) removes them.
 */
export class PortalReadModel1763700040001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create schema portal;

      -- Every noun people look for, with its addresses in all systems.
      create table portal.subject(
        id text primary key, kind text not null, title text not null, words text not null default '', refs jsonb not null default '[]',
        legal_entities text[] not null default '{}', gone boolean not null default false, changed_at timestamptz not null,
        -- Split at everything that isn't a letter or digit, as the text looked for is: Postgres alone would take PO-1001 for a negative number.
        sought tsvector generated always as (to_tsvector('simple', regexp_replace(title || ' ' || words, '[^[:alnum:]]+', ' ', 'g'))) stored);
      create index subject_sought on portal.subject using gin(sought);
      create index subject_entities on portal.subject using gin(legal_entities);
      -- said_by: which noun's event told the address; each tells all it knows, so that an address that is no more goes.
      create table portal.alias(
        native_id text not null, system text not null, account text not null, type text not null, subject text not null, said_by text not null, url text,
        primary key(native_id, system, account, type, subject, said_by));
      create index alias_subject on portal.alias(subject, said_by);
      -- Why a subject concerns a legal entity; its legal_entities are the sum of these.
      create table portal.concern(subject text not null, because text not null, entity text not null, primary key(subject, because, entity));
      create index concern_because on portal.concern(because);
      create table portal.mapping(kind text not null, source text not null, target text not null, primary key(kind, source));

      create table portal.deal(
        id text primary key, seq bigint not null, name text not null, stage text not null, close_date date not null, customer_id text not null,
        sold_by text, billing_method text, amount numeric(21,6) not null, currency char(3) not null, owner text, modified_at timestamptz not null,
        data jsonb not null, said_entities text[] not null, legal_entities text[] not null default '{}', gone boolean not null default false);
      create index deal_customer on portal.deal(customer_id);
      create index deal_sold_by on portal.deal(sold_by);
      create index deal_close_date on portal.deal(close_date, id);

      create table portal.customer(
        id text primary key, name text not null, crm jsonb, crm_seq bigint, erp jsonb, erp_seq bigint, gone boolean not null default false,
        changed_at timestamptz not null, legal_entities text[] not null default '{}');

      create table portal.project(
        id text primary key, title text not null, deal_id text, customer_id text, status text not null, legal_entity text, cost_centre text,
        billing_method text, budget numeric(21,6), currency char(3), start_date date, end_date date, activated_at timestamptz,
        psa jsonb, psa_seq bigint, erp jsonb, erp_seq bigint, gone boolean not null default false,
        changed_at timestamptz not null, legal_entities text[] not null default '{}');
      create index project_deal on portal.project(deal_id);
      create index project_customer on portal.project(customer_id);

      create table portal.worker(
        id text primary key, seq bigint not null, employee_number text not null, name text not null, status text not null, role text not null,
        location text, legal_entity text not null, cost_centre text, manager_id text, skills text[] not null, hired_on date not null, data jsonb not null,
        legal_entities text[] not null default '{}', gone boolean not null default false);
      create index worker_name on portal.worker(name, id);
      create index worker_manager on portal.worker(manager_id);
      -- Pay, apart from the worker's row: no event carries it, and no query without the field right gets a row of it.
      create table portal.worker_cost_rate(
        worker_id text primary key, amount numeric(21,6) not null, currency char(3) not null, as_of date not null, read_at timestamptz not null);
      create table portal.worker_cost_rate_due(worker_id text primary key, since timestamptz not null);

      create table portal.staffing_request(
        id text primary key, seq bigint not null, project_id text, role text, skills text[] not null, legal_entity text,
        start_date date, end_date date, minutes integer not null, status text not null, answered_at timestamptz,
        legal_entities text[] not null default '{}', gone boolean not null default false);
      create index staffing_request_project on portal.staffing_request(project_id);
      create table portal.candidate(
        request_id text not null, worker_id text not null, name text not null, eligible boolean not null, reasons jsonb not null, primary key(request_id, worker_id));
      create index candidate_worker on portal.candidate(worker_id);

      -- own_entities: as the event said; empty follows the subject's.
      create table portal.journey_step(
        id text primary key, subject text not null, at timestamptz not null, pos bigint not null, kind text not null, params jsonb not null,
        system text not null, outcome text not null, refs jsonb not null, money jsonb, actor jsonb not null, run_id text, exception_id text, next jsonb,
        own_entities text[] not null, legal_entities text[] not null default '{}');
      create index journey_step_subject on portal.journey_step(subject) where own_entities = '{}';
      create table portal.journey_line(line text not null, at timestamptz not null, pos bigint not null, step_id text not null, primary key(line, at, pos, step_id));

      create table portal.exception(
        id text primary key, seq bigint not null, app text not null, flow text not null, category text not null, desk text not null, subject text not null,
        state text not null, opened_at timestamptz not null, due_at timestamptz not null, parked_behind integer not null, data jsonb not null,
        own_entities text[] not null, legal_entities text[] not null default '{}');
      create index exception_state on portal.exception(state, due_at, id);
      create index exception_subject on portal.exception(subject) where own_entities = '{}';
      create table portal.exception_line(line text not null, exception_id text not null, primary key(line, exception_id));
      create index exception_line_of on portal.exception_line(exception_id);
      create table portal.exception_need(
        exception_id text not null, need text not null, desk text not null, met boolean not null, cure jsonb not null, primary key(exception_id, need));
      create index exception_need_unmet on portal.exception_need(need) where not met;
      create table portal.exception_money(
        exception_id text not null, currency char(3) not null, amount numeric(21,6) not null, estimated boolean not null, primary key(exception_id, currency));

      -- What waits for one need, summed per set of legal entities: a viewer's group is the sum of the sets they may see, and each
      -- exception is in one set, so nothing is counted twice and nothing of another's is counted.
      create table portal.exception_group(
        need text not null, legal_entities text[] not null, desk text not null, cure jsonb not null, items integer not null, waiting integer not null,
        parked_behind integer not null, oldest timestamptz not null, due_at timestamptz not null, primary key(need, legal_entities));
      create table portal.exception_group_money(
        need text not null, legal_entities text[] not null, currency char(3) not null, amount numeric(24,6) not null, items integer not null, estimated boolean not null,
        primary key(need, legal_entities, currency));

      -- Events that could not be read into these tables, and why: a defect to mend, then set the cursor back.
      create table portal.rejected(
        source text not null, id text not null, type text not null, key text not null, pos bigint not null, error text not null,
        at timestamptz not null default now(), primary key(source, id));
      -- How far the log has been read into these tables.
      create table portal.progress(name text primary key, read_to timestamptz not null, applied_at timestamptz not null);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema portal cascade');
  }
}

/**
 * Lines of approved time and expenses on their way to the bank, and their invoices. There are very
 * many lines, so they are not subjects: a line has its own legal entities, ids and history, and is
 * found only by exact ids.
 */
export class PortalBilling1763700040002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table portal.billing_line(
        id text primary key, revision bigint not null, version integer not null, kind text not null, state text not null, since timestamptz not null,
        project_id text not null, submission_id text, worker_id text, worker_name text not null, work_date date not null, minutes integer,
        amount numeric(21,6), currency char(3), overage_minutes integer, overage_amount numeric(21,6), overage_currency char(3), posting_date date,
        invoice_id text, invoice_number text, exception_id text, desk text, reasons jsonb, explanation jsonb not null, intercompany jsonb, refs jsonb not null,
        approved_at timestamptz, posted_at timestamptz, history jsonb not null, legal_entities text[] not null)
        with (autovacuum_vacuum_scale_factor = 0.05);
      create index billing_line_day on portal.billing_line(work_date, id);
      create index billing_line_project on portal.billing_line(project_id, work_date, id);
      create index billing_line_worker on portal.billing_line(worker_id, work_date, id);
      create index billing_line_submission on portal.billing_line(submission_id);
      create index billing_line_state on portal.billing_line(state, since);
      create index billing_line_exception on portal.billing_line(exception_id) where exception_id is not null;

      -- What intercompany lines cost, apart from the lines: no query without the field right gets a row of it.
      create table portal.billing_line_cost(
        line_id text primary key, owning_cost numeric(21,6) not null, owning_currency char(3) not null, lending_cost numeric(21,6), lending_currency char(3));
      -- subject: the line, or the timesheet or expense report it came with; either is seen by who sees the line.
      create table portal.billing_alias(
        native_id text not null, system text not null, account text not null, type text not null, subject text not null, line_id text not null,
        primary key(native_id, system, account, type, subject, line_id));

      create table portal.invoice(
        id text primary key, seq bigint not null, number text not null, status text not null, project_id text, legal_entity text, date date not null, due_date date,
        amount numeric(21,6) not null, due_amount numeric(21,6) not null, currency char(3) not null,
        legal_entities text[] not null default '{}', gone boolean not null default false);
      create index invoice_date on portal.invoice(date, id);
      create index invoice_project on portal.invoice(project_id, date);
      -- One row per transaction of ours that is on it; a line and its reversal may be on the same.
      create table portal.invoice_line(invoice_id text not null, external_id text not null, line_id text not null, primary key(invoice_id, external_id));
      create index invoice_line_line on portal.invoice_line(line_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table portal.invoice_line, portal.invoice, portal.billing_alias, portal.billing_line_cost, portal.billing_line');
  }
}
