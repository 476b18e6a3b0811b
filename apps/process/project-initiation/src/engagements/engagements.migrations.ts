import { mappingsMigrations } from '#mappings';
import { ownershipMigrations } from '#ownership';
import type { MigrationInterface, QueryRunner } from '#persistence';

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

/**
 * Keeps the agreed rates of each deal. For running deals these are the rates of their latest event,
 * which their work was priced by.
 */
export class SoldRates1796010301001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table initiation.sold_rates(
        deal_id text primary key, lines jsonb not null default '[]', answers jsonb not null default '[]', legal_entities text[] not null);
      insert into initiation.sold_rates(deal_id, lines, legal_entities)
      select e.deal_id, jsonb_agg(jsonb_build_object('id', line ->> 'id', 'from', dated.first, 'to', dated.last, 'agreements', jsonb_build_array(
          jsonb_build_object('from', dated.first, 'role', line ->> 'role', 'rate', (line -> 'ratePerHour') || '{"unit": "hour"}'))) order by place),
        array[e.terms ->> 'legalEntity']
      from initiation.engagement e
      cross join lateral (
        select data -> 'state' deal from events.event
        where key = e.deal_id and type in ('deal.won.v1', 'deal.changed.v1') order by key_seq desc limit 1) told
      cross join lateral jsonb_array_elements(told.deal -> 'roles') with ordinality as sold(line, place)
      cross join lateral (
        select coalesce(line ->> 'startDate', told.deal ->> 'startDate') first, coalesce(line ->> 'endDate', told.deal ->> 'endDate') last) dated
      where e.status = 'active' and dated.first is not null and dated.last is not null
      group by e.deal_id, e.terms;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table initiation.sold_rates');
  }
}

/**
 * Before a customer is made again, the store is asked whether it was ever billed for a project of
 * ours.
 */
export class EngagementsByCustomer1796011239713 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index engagement_customer on initiation.engagement((terms ->> 'customerId'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index initiation.engagement_customer');
  }
}

/**
 * Finds what was planned of a deal or a customer since a given plan, whenever either is written
 * again.
 */
export class PlansOf1796022203448 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index plan_deal on initiation.plan(deal_id, created_at);
      create index plan_customer on initiation.plan((desired -> 'customer' ->> 'id'), created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index initiation.plan_deal, initiation.plan_customer');
  }
}

/**
 * Answers about sold rates become decisions like all others. Each line and rate keeps its last
 * answer, with who gave it and why where the audit has that. The value that stood is what was
 * agreed before the answer; where the answer was not carried out, what is agreed now. Open
 * questions become decisions too, as those that were asked last.
 */
export class RateAnswersAreDecisions1796024460193 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      insert into ownership.decision(record_id, attribute, noun, target, stands, wanted, outcome, base, detail, reason, decided_by, asked_at, decided_at,
        legal_entities)
      select deal_id, line, 'sold-rate', 'throughline', stands, wanted, answer, case answer when 'keep' then stands else wanted end, detail, why, actor,
        answered_at, answered_at, legal_entities
      from (
        select distinct on (s.deal_id, given ->> 'line', given -> 'rate') s.deal_id, s.legal_entities, given ->> 'line' line, given ->> 'rate' wanted,
          given ->> 'answer' answer, jsonb_build_object('from', given -> 'from', 'reRate', given -> 'reRate') detail, stood.stands, told.why, told.actor,
          coalesce(told.at, now() - interval '1 second') answered_at
        from initiation.sold_rates s
        cross join lateral jsonb_array_elements(s.answers) with ordinality as answered(given, place)
        cross join lateral (select coalesce((
          select agreement -> 'rate' from jsonb_array_elements(s.lines) sold,
            jsonb_array_elements(sold -> 'agreements') with ordinality as agreed(agreement, nth)
          where sold ->> 'id' = given ->> 'line' and nth < coalesce((
            select min(carried) from jsonb_array_elements(sold -> 'agreements') with ordinality as out(agreement, carried)
            where given ->> 'answer' = 'apply' and out.agreement -> 'rate' = given -> 'rate'), nth + 1)
          order by nth desc limit 1)::text, '') stands) stood
        left join lateral (
          select why, actor, at from service.audit
          where what = 'sold-rate-answered' and subject = s.deal_id and after::jsonb = given order by id desc limit 1) told on true
        order by s.deal_id, given ->> 'line', given -> 'rate', place desc) answers;
      insert into ownership.decision(record_id, attribute, noun, target, stands, wanted, legal_entities)
      select x.subject, asked.line, 'sold-rate', 'throughline', coalesce((
          select sold -> 'agreements' -> -1 ->> 'rate' from initiation.sold_rates s, jsonb_array_elements(s.lines) sold
          where s.deal_id = x.subject and sold ->> 'id' = asked.line), ''), asked.rate, x.legal_entities
      from exceptions.exception x
      cross join lateral (
        select reason -> 'params' ->> 'line' line, (reason -> 'params' ->> 'rate')::jsonb::text rate from jsonb_array_elements(x.reasons) reason) asked
      join exceptions.need n on n.exception_id = x.id and n.need = 'sold-rate:' || x.subject || ':' || asked.line and n.met_at is null
      where x.app = 'project-initiation' and x.state in ('open', 'waiting') and asked.rate is not null
      on conflict do nothing;
      alter table initiation.sold_rates drop column answers;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table initiation.sold_rates add column answers jsonb not null default '[]';
      insert into initiation.sold_rates(deal_id, legal_entities)
      select distinct on (record_id) record_id, legal_entities from ownership.decision where noun = 'sold-rate' on conflict do nothing;
      update initiation.sold_rates s set answers = given.answers from (
        select record_id, jsonb_agg(detail || jsonb_build_object('line', attribute, 'rate', wanted::jsonb, 'answer', outcome) order by decided_at, attribute) answers
        from ownership.decision where noun = 'sold-rate' and outcome in ('apply', 'keep') group by record_id) given
      where given.record_id = s.deal_id;
      delete from ownership.decision where noun = 'sold-rate';
    `);
  }
}

/**
 * Marks the plans that a run began to apply, until a run of the deal ends. Of a run that began
 * before, the next run of its deal knows nothing, as before.
 */
export class UnfinishedPlans1796063640217 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table initiation.plan add column unfinished boolean not null default false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table initiation.plan drop column unfinished');
  }
}

/** Migrations of the libs that this app uses besides the process kit; they run before its own. */
export const libsMigrations = [...mappingsMigrations, ...ownershipMigrations];

export const initiationMigrations = [
  Engagements1763700020001,
  SoldRates1796010301001,
  EngagementsByCustomer1796011239713,
  PlansOf1796022203448,
  RateAnswersAreDecisions1796024460193,
  UnfinishedPlans1796063640217,
];
