import type { MigrationInterface, QueryRunner } from 'typeorm';

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
 * What was agreed of the rates of each deal. Of deals that run already it is what they were last told to be sold at, by which their work was priced.
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

/** Whether a customer was ever billed for a project of ours is asked before it is made again. */
export class EngagementsByCustomer1796011239713 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index engagement_customer on initiation.engagement((terms ->> 'customerId'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index initiation.engagement_customer');
  }
}

/** What was planned of a deal or a customer since a plan is looked for whenever either is written again. */
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

export const initiationMigrations = [Engagements1763700020001, SoldRates1796010301001, EngagementsByCustomer1796011239713, PlansOf1796022203448];
