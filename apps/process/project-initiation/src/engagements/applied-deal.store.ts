import { Injectable } from '@nestjs/common';
import type { ProjectStatus } from '#canonical';
import { Database, type Transaction } from '#persistence';
import type { DealTerms } from '../flows/deal-to-project/deal-to-project.rules.js';

/** A deal that was applied, with the project it became. */
export interface AppliedDeal {
  dealId: string;
  projectId: string;
  status: ProjectStatus;
  terms: DealTerms;
  /** The plan that was applied last, which an undo undoes. */
  planId: string;
  appliedHash: string;
  appliedModifiedAt: string;
}

/**
 * A deal as it was applied last. Where an undo has begun, its status is already archived: what is
 * archived in a system may be our own work.
 */
export interface StandingDeal extends AppliedDeal {
  /** Whether a run began to write since and none has ended: the systems may have parts of several plans. */
  unfinished: boolean;
}

interface AppliedDealRow {
  deal_id: string;
  project_id: string;
  status: ProjectStatus;
  terms: DealTerms;
  plan_id: string;
  applied_hash: string;
  applied_modified_at: Date;
}

interface StandingDealRow extends AppliedDealRow {
  unfinished: boolean;
  undoing: boolean;
}

@Injectable()
export class AppliedDealStore {
  constructor(private readonly dataSource: Database) {}

  async find(dealId: string): Promise<StandingDeal | undefined> {
    const rows = await this.dataSource.query<StandingDealRow[]>(
      `select e.*, begun.* from initiation.engagement e
       cross join lateral (
         select count(*) > 0 unfinished, coalesce(bool_or(one.desired -> 'project' ->> 'status' = 'archived'), false) undoing
         from initiation.plan one where one.deal_id = e.deal_id and one.unfinished) begun
       where e.deal_id = $1`,
      [dealId],
    );
    return rows.map(standingDeal)[0];
  }

  /** Whether a project was ever made for this customer; if so, the customer was in the ERP. */
  async knowCustomer(customerId: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(`select 1 from initiation.engagement where terms ->> 'customerId' = $1 limit 1`, [
      customerId,
    ]);
    return rows.length > 0;
  }

  /** The plan that last wrote the customer. */
  async lastPlanOf(customerId: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ plan_id: string }[]>(
      `select plan_id from initiation.engagement where terms ->> 'customerId' = $1 order by changed_at desc limit 1`,
      [customerId],
    );
    return rows.at(0)?.plan_id;
  }

  /** A run has ended, with what was applied: every plan that was begun is done or replaced. */
  async save(em: Transaction, e: AppliedDeal, seq: number): Promise<void> {
    await em.query(
      `insert into initiation.engagement(deal_id, project_id, status, terms, plan_id, applied_hash, applied_modified_at, applied_seq)
       values ($1,$2,$3,$4,$5,$6,$7,$8)
       on conflict (deal_id) do update set status = excluded.status, terms = excluded.terms, plan_id = excluded.plan_id, applied_hash = excluded.applied_hash,
         applied_modified_at = excluded.applied_modified_at, applied_seq = excluded.applied_seq, changed_at = now()`,
      [e.dealId, e.projectId, e.status, e.terms, e.planId, e.appliedHash, e.appliedModifiedAt, seq],
    );
    await this.settle(em, e.dealId);
  }

  /** Nothing of the deal's plans is half done any more. */
  async settle(em: Transaction, dealId: string): Promise<void> {
    await em.query('update initiation.plan set unfinished = false where deal_id = $1 and unfinished', [dealId]);
  }
}

const standingDeal = (row: StandingDealRow): StandingDeal => ({
  ...appliedDeal(row),
  ...(row.undoing ? { status: 'archived' } : {}),
  unfinished: row.unfinished,
});

const appliedDeal = (row: AppliedDealRow): AppliedDeal => ({
  dealId: row.deal_id,
  projectId: row.project_id,
  status: row.status,
  terms: row.terms,
  planId: row.plan_id,
  appliedHash: row.applied_hash,
  appliedModifiedAt: row.applied_modified_at.toISOString(),
});
